import type { DockerChange } from '@layers/core/diff';
import { escapeName } from '../../output/escape.js';

/** A name with a line break could add lines for programs. */
const LINE_BREAK = /[\n\r]/;

/**
 * Renders the lines of `docker diff`. As in Docker, `exact` output has names as text, even if they are not UTF-8; only
 * names with line breaks are escaped.
 */
export function* renderDockerChanges(changes: Iterable<DockerChange>, exact: boolean): Generator<string> {
  for (const { kind, path, pathBase64 } of changes) {
    yield `${kind} ${exact && !LINE_BREAK.test(path) ? path : escapeName(path, pathBase64)}\n`;
  }
}
