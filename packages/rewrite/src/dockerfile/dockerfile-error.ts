import { isLayersError, LayersError } from '@layers/errors';

/**
 * Where a text in Dockerfile syntax comes from.
 *
 * - `instruction`: the arguments of an instruction, read as Docker reads them.
 * - `option`: one value that a program or a user gives, such as a health check for `configureImage`. Text that Docker would
 *   accept with another meaning than its author expects is an error.
 */
export type TextOrigin = 'instruction' | 'option';

const HINT = 'write it as in a Dockerfile: ENV NAME=value, CMD ["word", "word"], EXPOSE 80/tcp, WORKDIR /app';

/** Returns ERR_LAYERS_DOCKERFILE for text that cannot be parsed, in Docker's own words if it has some. */
export function dockerfileError(problem: string, hint: string = HINT): LayersError {
  return new LayersError('ERR_LAYERS_DOCKERFILE', problem, { hint });
}

/** Returns an ERR_LAYERS_DOCKERFILE error with the instruction added to its message; any other value unchanged. */
export function inInstruction(error: unknown, line: string): unknown {
  if (!isLayersError(error) || error.code !== 'ERR_LAYERS_DOCKERFILE') return error;
  return new LayersError(error.code, `cannot apply ${quoted(line)}: ${error.message}`, {
    hint: error.hint,
    cause: error,
  });
}

/** Longer quotations would hide the rest of the message. */
const MAX_QUOTED = 80;

/** Returns a part of an instruction in quotes, truncated for a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}
