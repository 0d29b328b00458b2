import { Command } from 'commander';
import type { ExitStatus } from '../exit-status.js';
import { columnsOf } from '../output/terminal-size.js';
import { VERSION } from '../version.js';
import { CHANGING } from './change.js';
import { examples, ROOT_HELP } from './help.js';
import { STORING } from './local.js';
import { MEASURING } from './measure.js';
import { MOVING } from './move.js';
import type { CommonFlags, Session } from './session.js';
import { UNDERSTANDING } from './understand.js';

/** What `completion` can write scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

const GROUPS = [UNDERSTANDING, CHANGING, MOVING, STORING, MEASURING];

/**
 * The command line's grammar, or so much of it as a command line that begins with `first` needs: to describe all
 * commands takes longer than to answer for a small image. The code of a command is loaded when it is called, and `onStatus` hears what it ended
 * with. Usage errors are thrown as CommanderError; nothing is printed for them here.
 */
export function createProgram(
  session: Session,
  onStatus: (status: ExitStatus) => void,
  first?: string,
): Command {
  const { stdout, stderr, env } = session;
  const program = new Command('layers')
    .description('Container images as files: understand, change, keep and move them, with no Docker needed')
    .usage('COMMAND [OPTIONS] IMAGE')
    .version(`layers ${VERSION}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(columnsOf(env, stdout), 100),
      getErrHelpWidth: () => Math.min(columnsOf(env, stderr), 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', ROOT_HELP);

  const command = (name: string, summary: string, examplesText: readonly string[]) =>
    program.command(name).description(summary).addHelpText('after', examples(examplesText));

  const grammar = { program, command, session, onStatus };
  const alone = GROUPS.find(({ commands }) => first !== undefined && Object.hasOwn(commands, first));
  for (const { title, commands } of alone === undefined ? GROUPS : [alone]) {
    program.commandsGroup(title);
    for (const [name, add] of Object.entries(commands)) {
      if (alone === undefined || name === first) add(grammar);
    }
  }
  if (alone !== undefined) return program;

  program.commandsGroup('More:');
  command('completion', 'A script that lets a shell complete this command', [
    'source <(layers completion bash)',
    'layers completion fish > ~/.config/fish/completions/layers.fish',
  ])
    .argument('<SHELL>', SHELLS.join(', '))
    .action(async (shell: string, _: CommonFlags) => {
      const { completion } = await import('../commands/completion.js');
      onStatus(await completion(shell, program, session));
    });

  return program;
}
