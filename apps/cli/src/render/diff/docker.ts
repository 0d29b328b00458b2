import type { DockerChange } from '@layers/core/diff';
import { escapeName } from '../../output/escape.js';

/** The lines of `docker diff`; like docker's own, they hold text, even of names that are none. */
export function* renderDockerChanges(changes: Iterable<DockerChange>, exact: boolean): Generator<string> {
  for (const { kind, path, pathBase64 } of changes) {
    yield `${kind} ${exact ? path : escapeName(path, pathBase64)}\n`;
  }
}
