import { CommandError } from '../command-error.js';
import type { Session } from '../session.js';

/** Throws ERR_LAYERS_TERMINAL where standard output is a terminal. */
export function refuseTerminal({ stdout }: Pick<Session, 'stdout'>): void {
  if (!stdout.isTTY) return;
  throw new CommandError('ERR_LAYERS_TERMINAL', 'refusing to write an archive to a terminal', {
    hint: 'name a file with -o, or pipe the output',
  });
}
