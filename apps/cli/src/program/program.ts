import { Command } from 'commander';
import type { ExitStatus } from '../exit-status.js';
import { calledAs } from '../output/called-as.js';
import { columnsOf } from '../output/terminal-size.js';
import type { Session } from '../session.js';
import { VERSION } from '../version.js';
import { addCommand, addImageCommand, IMAGE_COMMAND } from './build.js';
import { HELP_COLUMNS, HELP_STYLE, rootHelp } from './help.js';
import type { CommandGroup } from './record.js';
import { CHANGE } from './records/change.js';
import { FLEET } from './records/fleet.js';
import { MACHINE } from './records/machine.js';
import { MOVE } from './records/move.js';
import { REGISTRY } from './records/registry.js';
import { LOCAL_STORE } from './records/store.js';
import { UNDERSTAND } from './records/understand.js';

/** All commands, in the order of the help. */
export const GROUPS: readonly CommandGroup[] = [
  UNDERSTAND,
  CHANGE,
  MOVE,
  LOCAL_STORE,
  REGISTRY,
  FLEET,
  MACHINE,
];

export const SUMMARY = 'Container images as files: inspect, change, store and move them without Docker';

/** What the command is usually called. */
export const NAME = 'layers';
export const COMMAND_NAMES: readonly string[] = GROUPS.flatMap(({ commands }) => commands).map(
  ({ name }) => name,
);

/**
 * Returns the grammar of the command line. Of a command line that begins with the command `first`, it has only that
 * command, because describing all takes longer than inspecting a small image. Usage errors are thrown as
 * CommanderError; nothing is printed for them here.
 *
 * @param onStatus called with the status that a command ended with
 */
export function createProgram(
  session: Session,
  onStatus: (status: ExitStatus) => void,
  first?: string,
): Command {
  const { stdout, stderr, env, commandName = NAME } = session;
  const program = new Command(commandName)
    .description(SUMMARY)
    .usage('COMMAND [OPTIONS] IMAGE')
    .version(`layers ${VERSION}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(calledAs(text, commandName, COMMAND_NAMES)),
      writeErr: (text) => stderr.write(calledAs(text, commandName, COMMAND_NAMES)),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(columnsOf(env, stdout), HELP_COLUMNS),
      getErrHelpWidth: () => Math.min(columnsOf(env, stderr), HELP_COLUMNS),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp(HELP_STYLE)
    .addHelpText('after', rootHelp);

  const surroundings = { session, onStatus, describeAll: () => createProgram(session, onStatus) };
  const records = GROUPS.flatMap(({ commands }) => commands);
  const only = first === IMAGE_COMMAND || records.some(({ name }) => name === first);
  for (const { title, commands } of GROUPS) {
    program.commandsGroup(title);
    for (const record of commands) {
      if (!only || record.name === first) addCommand(program, record, surroundings);
    }
    if (commands === LOCAL_STORE.commands && (!only || first === IMAGE_COMMAND)) {
      addImageCommand(program, records, surroundings);
    }
  }
  // Behind the commands, so that the help lists it in the last group.
  return program.helpCommand('help [COMMAND]', 'Print the help of a command');
}
