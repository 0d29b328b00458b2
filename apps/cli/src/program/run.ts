import { type Command, CommanderError } from 'commander';
import { type CommandError, usageError } from '../command-error.js';
import { OFFER } from '../completion/offer-word.js';
import { ExitStatus, exitStatusOf } from '../exit-status.js';
import { calledAs } from '../output/called-as.js';
import { errorText } from '../output/error-text.js';
import { viewOf } from '../output/view.js';
import { escapeForWorkflow, isWorkflowLog } from '../output/workflow-log.js';
import { OutputClosed } from '../output/write-out.js';
import type { CommonFlags, Session } from '../session.js';
import { IMAGE_COMMAND } from './build.js';
import { COMMAND_NAMES, createProgram, NAME } from './program.js';

/** Runs one command line and resolves to the exit status. Never rejects. */
export async function run(args: readonly string[], session: Session): Promise<ExitStatus> {
  let status: ExitStatus = ExitStatus.done;
  let flags: CommonFlags = {};
  if (args[0] === OFFER) {
    const { offer } = await import('../completion/offer.js');
    const describeAll = () => createProgram(session, () => {});
    await offer(args.slice(1), session, describeAll).catch(() => {});
    return status;
  }
  const onStatus = (result: ExitStatus): void => {
    status = result;
  };
  const program = createProgram(session, onStatus, args[0]);
  program.hook('preAction', (_, command) => {
    flags = command.opts();
  });
  try {
    const words = helpAsOption(args, program);
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(words, { from: 'user' });
    return status;
  } catch (error) {
    if (session.signal.aborted) return ExitStatus.interrupted;
    if (error instanceof OutputClosed) return ExitStatus.closedPipe;
    const isHelp =
      error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');
    if (isHelp) return error.exitCode === 0 ? ExitStatus.done : ExitStatus.usage;
    const shown = error instanceof CommanderError ? await commandLineError(error, args) : error;
    const view = viewOf(session.stderr, session.env, flags);
    const text = errorText(shown, view, flags.verbose ?? false);
    const called = calledAs(text, session.commandName ?? NAME, COMMAND_NAMES);
    const isRead = args.includes('--github') || isWorkflowLog(session.env);
    session.stderr.write(isRead ? escapeForWorkflow(called) : called);
    return exitStatusOf(shown);
  }
}

/** Returns `help image ls` as `image ls --help`: commander's own `help` has one argument, and ignores unknown names. */
function helpAsOption(args: readonly string[], program: Command): string[] {
  const [first, ...rest] = args;
  const [name] = rest;
  if (first !== 'help' || name === undefined || name.startsWith('-')) return [...args];
  if (name === 'help') return [];
  if (program.commands.some((command) => command.name() === name)) return [...rest, '--help'];
  throw new CommanderError(2, 'commander.unknownCommand', `error: unknown command '${name}'`);
}

/**
 * Translates an error of commander. The first line of its message says what is wrong, the second suggests a similar
 * word.
 */
async function commandLineError(
  { message, code }: CommanderError,
  args: readonly string[],
): Promise<CommandError> {
  const [complaint = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const first = plainComplaint(complaint);
  const command = commandOf(args);
  const isUnknown = code === 'commander.unknownCommand';
  const option = /^unknown option '([^'=]+)/.exec(complaint)?.[1];
  const word = option ?? /^unknown command '(.*)'$/s.exec(complaint)?.[1] ?? '';
  const { foreignCommandHint, foreignOptionHint, longerOptions, otherNumberOf } = await import(
    './foreign-commands.js'
  );
  const otherNumber = isUnknown && args.length < 3 ? otherNumberOf(word) : undefined;
  if (otherNumber !== undefined) return usageError(first, `did you mean ${otherNumber}?`);
  const foreign = isUnknown
    ? foreignCommandHint(args)
    : option === undefined
      ? undefined
      : foreignOptionHint(args[0] ?? '', option);
  if (foreign !== undefined) return usageError(first, foreign);
  const fallback =
    isUnknown && args[0] === IMAGE_COMMAND
      ? 'layers image --help lists its commands, layers --help all others'
      : isUnknown
        ? 'layers --help lists the commands; to look at an image: layers inspect IMAGE'
        : `layers ${command === '' ? '' : `${command} `}--help shows its usage`;
  const spelled = await similarWords(word, suggestion ?? '');
  const similar = spelled.length > 0 || option === undefined ? spelled : longerOptions(args[0] ?? '', option);
  if (similar.length === 0) return usageError(first, fallback);
  return usageError(first, `did you mean ${similar.length > 1 ? 'one of ' : ''}${similar.join(', ')}?`);
}

/** Returns the suggestions of commander that are spelled almost as the word: it also suggests `cat` for `scan`. */
async function similarWords(word: string, suggestion: string): Promise<string[]> {
  const words = /^\(Did you mean (?:one of )?(.*)\?\)$/s.exec(suggestion)?.[1]?.split(', ') ?? [];
  if (words.length === 0) return [];
  const { editDistance } = await import('@layers/core/analysis');
  const bare = (text: string): string => text.replace(/^-+/, '').toLowerCase();
  return words.filter((known) => {
    const length = Math.max(bare(word).length, bare(known).length);
    return editDistance(bare(word), bare(known)) <= length / 3 && !isOpposite(word, known);
  });
}

/** Whether a suggested option removes or turns off what the unknown option does not. */
function isOpposite(option: string, suggestion: string): boolean {
  const negative = /--(?:un|no-)/;
  return negative.test(suggestion) && !negative.test(option);
}

/** Joins the sentences of a message of commander, and names options and arguments as the user does. */
function plainComplaint(text: string): string {
  return text
    .replace(/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid/s, '$1 $2 is invalid')
    .replace(/^option '(?:-\w, )?(--[\w-]+) (<[^']*>)' argument missing/, '$1 requires a value: $2')
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*)'/s, '$2 $1 is invalid')
    .replace(/\. ([A-Z])/g, (_, letter: string) => `: ${letter.toLowerCase()}`)
    .replace(/\.$/, '');
}

/** Returns the name of the command: `inspect`, `image ls`; empty where an option stands first. */
function commandOf([first = '', second = '']: readonly string[]): string {
  if (first.startsWith('-')) return '';
  return first === IMAGE_COMMAND && /^[a-z]/.test(second) ? `${first} ${second}` : first;
}
