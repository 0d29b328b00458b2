import { LayersError } from '@layers/errors';
import { CommanderError } from 'commander';
import { ExitStatus, exitStatusOf } from '../exit-status.js';
import { errorText } from '../output/error-text.js';
import { viewOf } from '../output/view.js';
import { OutputClosed } from '../output/write-out.js';
import { createProgram } from './program.js';
import type { CommonFlags, Session } from './session.js';

/** Runs one command line and tells what the process should end with. Throws nothing. */
export async function run(args: readonly string[], session: Session): Promise<ExitStatus> {
  let status: ExitStatus = ExitStatus.done;
  let flags: CommonFlags = {};
  const onStatus = (result: ExitStatus): void => {
    status = result;
  };
  const program = createProgram(session, onStatus, args[0]);
  program.hook('preAction', (_, command) => {
    flags = command.opts();
  });
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (session.signal.aborted) return ExitStatus.interrupted;
    if (error instanceof OutputClosed) return ExitStatus.done;
    const isHelp =
      error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');
    if (isHelp) return error.exitCode === 0 ? ExitStatus.done : ExitStatus.usage;
    const told = error instanceof CommanderError ? usageError(error, args) : error;
    const view = viewOf(session.stderr, session.env, flags);
    session.stderr.write(errorText(told, view, flags.verbose ?? false));
    return exitStatusOf(told);
  }
}

/** Commander's complaint as one of our errors: its first line says what is wrong, the second what was meant. */
function usageError({ message, code }: CommanderError, args: readonly string[]): LayersError {
  const [first = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const command = args[0] ?? '';
  const meant = /^\((.*)\)$/.exec(suggestion ?? '')?.[1];
  const fallback =
    code === 'commander.unknownCommand'
      ? 'layers --help lists the commands; to look at an image: layers inspect IMAGE'
      : `layers ${command.startsWith('-') ? '' : `${command} `}--help tells how it is used`;
  return new LayersError('ERR_LAYERS_USAGE', first.replace(/\.$/, ''), {
    hint: meant === undefined ? fallback : meant.charAt(0).toLowerCase() + meant.slice(1),
  });
}
