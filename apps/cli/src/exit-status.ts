import { type ErrorCode, isLayersError } from '@layers/errors';

/** What the command ends with; documented in the README and in `layers --help`. */
export const ExitStatus = {
  done: 0,
  /** The answer is no: verification failed, or the image is damaged as far as it could be shown. */
  no: 1,
  usage: 2,
  input: 3,
  output: 4,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];

/**
 * Errors that another command line would mend. Everything else that has a code of ours is about the input: a path
 * that an image lacks is a wrong argument, while status 1 is kept for what was judged.
 */
const USAGE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_LAYERS_USAGE',
  'ERR_LAYERS_TRANSPORT',
  'ERR_LAYERS_IMAGE_AMBIGUOUS',
  'ERR_LAYERS_IMAGE_NOT_FOUND',
  'ERR_LAYERS_IMAGE_REFERENCED',
  'ERR_LAYERS_PLATFORM',
  'ERR_LAYERS_REFERENCE',
  'ERR_LAYERS_LAYER_NOT_FOUND',
  'ERR_LAYERS_PATH_NOT_FOUND',
  'ERR_LAYERS_NOT_A_FILE',
  'ERR_LAYERS_TERMINAL',
  'ERR_LAYERS_NEEDS_FILE',
  'ERR_LAYERS_OUTPUT_EXISTS',
  'ERR_LAYERS_INPUT_NAME',
  'ERR_LAYERS_DOCKERFILE',
  'ERR_LAYERS_NOT_A_ROOTFS',
]);

const OUTPUT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_LAYERS_WRITE_OUTPUT',
  'ERR_LAYERS_SPOOL',
  'ERR_LAYERS_STORE_LOCKED',
  'ERR_LAYERS_DAEMON_LOAD',
]);

/** The status that an error ends the command with. */
export function exitStatusOf(error: unknown): ExitStatus {
  if (!isLayersError(error)) return ExitStatus.input;
  if (USAGE.has(error.code)) return ExitStatus.usage;
  return OUTPUT.has(error.code) ? ExitStatus.output : ExitStatus.input;
}
