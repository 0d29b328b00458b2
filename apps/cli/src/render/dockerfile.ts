import type { DockerfileDocument } from '@layers/insight/dockerfile';
import { escapeForTerminal } from '../output/escape.js';

/**
 * Renders a Dockerfile.
 *
 * @param exact whether the text is for a program; a terminal gets it escaped
 */
export function* renderDockerfile(
  { dockerfile }: Pick<DockerfileDocument, 'dockerfile'>,
  exact: boolean,
): Generator<string> {
  if (exact) yield dockerfile;
  else for (const line of dockerfile.trimEnd().split('\n')) yield `${escapeForTerminal(line)}\n`;
}
