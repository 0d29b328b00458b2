import type { Command, Option } from 'commander';

/** An option, as a completion script needs it. */
export interface OptionWords {
  /** `-l` and `--long`, as many as there are. */
  readonly names: readonly string[];
  readonly description: string;
  /** Null for a flag; the values to offer otherwise, or paths; none where only the user knows. */
  readonly values: readonly string[] | 'paths' | null;
  /** Whether several of the values can be given, with commas between them. */
  readonly isList: boolean;
}

export interface CommandWords {
  /** `inspect`, or two words for a subcommand: `image ls`. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** What the first argument is; of archives there may be several. */
  readonly argument: 'archive' | 'command' | readonly string[];
  /** Which argument, counted from 1, is a directory; null where none is. */
  readonly directory: number | null;
}

/** Platforms that images are built for most. */
const PLATFORMS = [
  'linux/amd64',
  'linux/arm64',
  'linux/arm/v7',
  'linux/arm/v6',
  'linux/386',
  'linux/ppc64le',
  'linux/riscv64',
  'linux/s390x',
];

/** Arguments that name archives and other files. */
const ARCHIVES: ReadonlySet<string> = new Set(['IMAGE', 'A', 'FILE']);

/** Arguments without completion. */
const UNKNOWN: ReadonlySet<string> = new Set(['REF', 'SOURCE', 'REPOSITORY']);

/** Options whose values are paths on this machine. */
const PATH_VALUE = /<(?:FILE|DIR|SOURCE)\b/;

/** The commands with their options, as completion offers them; each is followed by its subcommands. */
export function grammarOf(program: Command, prefix = ''): CommandWords[] {
  const help = program.createHelp();
  return help.visibleCommands(program).flatMap((command) => [
    {
      name: `${prefix}${command.name()}`,
      description: command.description(),
      options: help.visibleOptions(command).map(optionWords),
      argument: argumentOf(command),
      directory: directoryOf(command),
    },
    ...grammarOf(command, `${command.name()} `),
  ]);
}

/** The commands that are named by one word. */
export function topLevel(commands: readonly CommandWords[]): CommandWords[] {
  return commands.filter(({ name }) => !name.includes(' '));
}

/** The first word of the subcommands. */
export function parentsOf(commands: readonly CommandWords[]): string[] {
  const nested = commands.filter(({ name }) => name.includes(' '));
  return [...new Set(nested.map(({ name }) => name.slice(0, name.indexOf(' '))))];
}

function optionWords(option: Option): OptionWords {
  const takesValue = option.required || option.optional;
  return {
    names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
    description: option.description,
    values: takesValue ? valuesOf(option) : null,
    isList: option.flags.endsWith('<LIST>'),
  };
}

function valuesOf({ argChoices, long, flags }: Option): readonly string[] | 'paths' {
  if (argChoices !== undefined) return argChoices;
  if (/^--(?:set-)?platform/.test(long ?? '')) return PLATFORMS;
  return PATH_VALUE.test(flags) ? 'paths' : [];
}

function directoryOf(command: Command): number | null {
  const position = command.registeredArguments.findIndex((argument) => argument.name() === 'DIR');
  return position < 0 ? null : position + 1;
}

function argumentOf(command: Command): CommandWords['argument'] {
  if (command.commands.length > 0) return command.commands.map((each) => each.name());
  const [first] = command.registeredArguments;
  if (first !== undefined && ARCHIVES.has(first.name())) return 'archive';
  if (first === undefined || UNKNOWN.has(first.name())) return [];
  return command.name() === 'help' ? 'command' : (first.argChoices ?? first.description.split(', '));
}
