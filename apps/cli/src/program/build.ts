import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { ExitStatus } from '../exit-status.js';
import type { Session } from '../session.js';
import { FormatRequest } from '../template/format-request.js';
import { commandHelp } from './help.js';
import { globalOptions } from './options.js';
import type { ArgumentRecord, CommandRecord, OptionRecord } from './record.js';

/** What the commands of a program have in common. */
export interface Surroundings {
  readonly session: Session;
  /** Called with the status that a command ended with. */
  readonly onStatus: (status: ExitStatus) => void;
  /** Returns the program with all of its commands. */
  readonly describeAll: () => Command;
}

/** Adds a command below `parent` as its record describes it. Its code is loaded when it is called. */
export function addCommand(
  parent: Command,
  record: CommandRecord,
  { session, onStatus, describeAll }: Surroundings,
  name: string = record.name,
): void {
  const command = parent.command(name).description(record.summary).usage(usageOf(record));
  for (const argument of record.arguments) command.addArgument(argumentOf(argument));
  for (const option of record.options) addOption(command, option);
  command.optionsGroup('Global options:');
  for (const option of globalOptions(record.global)) command.addOption(optionOf(option));
  command
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', commandHelp(record))
    .action(async (...words) => {
      const { format } = command.opts<{ readonly format?: unknown }>();
      // Before an image is read: a mistake in it is reported at once.
      if (format instanceof FormatRequest) await format.compile();
      const run = await record.load();
      // Commander passes the command itself after the options.
      onStatus(await run(...words.slice(0, -1), session, describeAll));
    });
}

/** The command whose subcommands have docker's names, such as `image ls`. */
export const IMAGE_COMMAND = 'image';

export const IMAGE_SUMMARY = "Accept docker's names: image ls, image rm, image inspect, …";

/** Adds `image`, with a subcommand for each of the `imageNames` of the records. */
export function addImageCommand(
  program: Command,
  records: readonly CommandRecord[],
  surroundings: Surroundings,
): void {
  const image = program
    .command(IMAGE_COMMAND)
    .description(IMAGE_SUMMARY)
    .usage('COMMAND [OPTIONS]')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false);
  for (const record of records) {
    for (const name of record.imageNames ?? []) addCommand(image, record, surroundings, name);
  }
}

/** Returns the usage as docker prints it: `[OPTIONS] IMAGE [PATH...]`. */
export function usageOf({ arguments: list }: CommandRecord): string {
  const words = list.map(({ name }) => {
    const word = name.slice(1, -1);
    if (name.startsWith('[')) return name;
    return word.endsWith('...') ? `${word.slice(0, -3)} [${word}]` : word;
  });
  return ['[OPTIONS]', ...words].join(' ');
}

function argumentOf({ name, summary, choices }: ArgumentRecord): Argument {
  const argument = new Argument(name, summary);
  return choices === undefined ? argument : argument.choices([...choices]);
}

function addOption(command: Command, record: OptionRecord): void {
  const option = optionOf(record);
  command.addOption(option);
  const value = / .*$/.exec(record.flags)?.[0] ?? '';
  for (const name of record.otherNames ?? []) {
    const alias = new AliasOption(`${name}${value}`, option);
    if (record.parseOther !== undefined) alias.argParser(record.parseOther);
    command.addOption(alias.hideHelp());
  }
}

/** Another name of an option, which sets the value of that option. */
class AliasOption extends Option {
  readonly #original: Option;

  constructor(flags: string, original: Option) {
    super(flags, original.description);
    this.#original = original;
    if (original.parseArg !== undefined) this.argParser(original.parseArg);
  }

  override attributeName(): string {
    return this.#original.attributeName();
  }
}

function optionOf(record: OptionRecord): Option {
  const { flags, summary, choices, words, isList, repeatable, parse, parseOther: _, ...rest } = record;
  const option = new Option(flags, summary);
  if (choices !== undefined) option.choices([...choices]);
  if (choices !== undefined && isList === true) option.argParser(listOf(choices));
  // Completion reads them there.
  if (words !== undefined) option.argChoices = [...words];
  if (parse !== undefined) option.argParser((text) => parse(text));
  if (repeatable === true) {
    option.argParser((text: string, before: readonly string[] = []) => [...before, text]);
  }
  if (rest.defaultValue !== undefined) option.default(rest.defaultValue);
  if (rest.conflicts !== undefined) option.conflicts([...rest.conflicts]);
  return option;
}

/** Parses a comma-separated list, and adds it to that of an earlier option of the same name. */
function listOf(choices: readonly string[]): (text: string, before?: readonly string[]) => readonly string[] {
  return (text, before = []) => {
    const words = text.split(',');
    const unknown = words.find((word) => !choices.includes(word));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    }
    return [...new Set([...before, ...words])];
  };
}
