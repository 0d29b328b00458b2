import type { DockerChange } from '@layers/core/diff';
import { escapeName } from '../../output/escape.js';

/** Renders the lines of `docker diff`. As in Docker, `exact` output has names as text, even if they are not UTF-8. */
export function* renderDockerChanges(changes: Iterable<DockerChange>, exact: boolean): Generator<string> {
  for (const { kind, path, pathBase64 } of changes) {
    yield `${kind} ${exact ? path : escapeName(path, pathBase64)}\n`;
  }
}
