import { type ErrorCode, isLayersError } from '@layers/errors';

/** What the command ends with; documented in the README and in `layers --help`. */
export const ExitStatus = {
  done: 0,
  /** A check failed, the images differ, or an image is damaged and was shown as far as it can be read. */
  failed: 1,
  usage: 2,
  input: 3,
  output: 4,
  /** A bug in layers: EX_SOFTWARE of sysexits.h. */
  internal: 70,
  /** Ended by SIGHUP, SIGINT, SIGPIPE or SIGTERM: 128 and the number of the signal, as shells count. */
  hangup: 129,
  interrupted: 130,
  /** The reader closed the pipe before all bytes of a file or an archive were written. */
  closedPipe: 141,
  terminated: 143,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];

/** Errors that a different command line avoids. A path that an image lacks is a wrong argument, not a failed check. */
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
  'ERR_LAYERS_TEMPLATE',
  'ERR_LAYERS_BUDGETS',
]);

const OUTPUT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_LAYERS_WRITE_OUTPUT',
  'ERR_LAYERS_SPOOL',
  'ERR_LAYERS_STORE_LOCKED',
  'ERR_LAYERS_DAEMON_LOAD',
  'ERR_LAYERS_REGISTRY_WRITE',
]);

/**
 * Returns the status that an error ends the command with. Every code that is neither of usage nor of the output is of
 * the input; an error without a code of ours is a bug.
 */
export function exitStatusOf(error: unknown): ExitStatus {
  if (!isLayersError(error) || error.code === 'ERR_LAYERS_INTERNAL') return ExitStatus.internal;
  if (USAGE.has(error.code)) return ExitStatus.usage;
  return OUTPUT.has(error.code) ? ExitStatus.output : ExitStatus.input;
}
