import { LayersError } from '@layers/errors';

/** An error that the command throws itself: its hint names options and commands already. */
export class CommandError extends LayersError {}

/** Returns an error about the command line: ERR_LAYERS_USAGE. */
export function usageError(message: string, hint: string): CommandError {
  return new CommandError('ERR_LAYERS_USAGE', message, { hint });
}
