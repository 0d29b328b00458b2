import { isLayersError, LayersError } from '@layers/errors';

const HINT =
  'write it as in a Dockerfile: ENV NAME=value, CMD ["word", "word"], EXPOSE 80/tcp, WORKDIR /folder';

/** ERR_LAYERS_DOCKERFILE: an instruction that cannot be read, in the words that Docker has for it. */
export function dockerfileError(trouble: string, hint: string = HINT): LayersError {
  return new LayersError('ERR_LAYERS_DOCKERFILE', trouble, { hint });
}

/** The same error with the instruction in which it happened; other errors are left as they are. */
export function inInstruction(error: unknown, line: string): unknown {
  if (!isLayersError(error) || error.code !== 'ERR_LAYERS_DOCKERFILE') return error;
  return new LayersError(error.code, `the change ${quoted(line)} cannot be made: ${error.message}`, {
    hint: error.hint,
    cause: error.cause,
  });
}

/** Longer ones would hide what is said of them. */
const MAX_QUOTED = 80;

/** A part of an instruction as a message shows it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}
