import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { CommandError } from '../command-error.js';
import { viewOf } from '../output/view.js';
import type { CommonFlags, Session } from '../session.js';
import { PlainDisplay } from './plain-display.js';
import { Stage } from './stage.js';
import { Terminal } from './terminal/terminal.js';

/** How the explorer is shown. */
export interface StageFlags extends CommonFlags {
  readonly mouse?: boolean;
  readonly plain?: boolean;
}

/**
 * Returns the stage of the terminal, or with `plain` of standard input and output. Its display is not open yet.
 *
 * @param names the images on the command line
 * @throws LayersError ERR_LAYERS_TERMINAL
 */
export function makeStage(
  names: readonly (string | undefined)[],
  flags: StageFlags,
  session: Session,
): Stage {
  const { stdin, stdout, env } = session;
  const isPlain = flags.plain === true;
  if (!isPlain) refuseOtherScreens(session);
  const keys = isPlain && !names.includes('-') ? stdin : keyboardOf(session);
  return new Stage(session, (events) => {
    if (isPlain) return new PlainDisplay(session, keys, events);
    const hasColours = viewOf(stdout, env, flags).colours.isColorSupported;
    return new Terminal(session, keys, { hasColours, hasMouse: flags.mouse ?? true }, events);
  });
}

const HINT =
  'add --plain for lines of text; layers tree IMAGE prints the files, layers inspect IMAGE the layers';

/** Throws ERR_LAYERS_TERMINAL if there is no screen, or none on which text can be moved. */
function refuseOtherScreens({ stdout, env }: Session): void {
  if (stdout.isTTY !== true)
    throw new CommandError('ERR_LAYERS_TERMINAL', 'standard output is not a terminal', { hint: HINT });
  if (env['TERM'] === 'dumb')
    throw new CommandError('ERR_LAYERS_TERMINAL', 'this terminal cannot move its cursor (TERM=dumb)', {
      hint: HINT,
    });
}

/** Returns the terminal to read keys from: standard input, else that of the process. */
function keyboardOf({ stdin }: Session): NodeJS.ReadStream {
  if (stdin.isTTY === true) return stdin;
  try {
    return new ReadStream(openSync('/dev/tty', 'r+'));
  } catch (cause) {
    throw new CommandError('ERR_LAYERS_TERMINAL', 'there is no terminal to read keys from', {
      hint: HINT,
      cause,
    });
  }
}
