import type { Command, Option } from 'commander';

/** An option for a completion script. */
export interface OptionWords {
  /** All names: `-l` and `--long`. */
  readonly names: readonly string[];
  readonly description: string;
  /** The values to offer, paths, or layers of the image; empty for a free value. Null for an option without a value. */
  readonly values: readonly string[] | 'paths' | 'layers' | null;
  /** Whether the value is a comma-separated list. */
  readonly isList: boolean;
}

export interface CommandWords {
  /** `inspect`, or two words for a subcommand: `image ls`. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** The kind of the first argument, or its values. Several arguments may be archives. A remote one is in a registry. */
  readonly argument: 'archive' | 'command' | 'name' | 'remote' | readonly string[];
  /** Position, from 1, of the argument that is a directory; null without one. */
  readonly directory: number | null;
  /** Position, from 1, of the first argument that is a path inside the image; null without one. */
  readonly paths: number | null;
}

/** The most common platforms of images. */
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

/** Arguments that name images of the store. */
const NAMES: ReadonlySet<string> = new Set(['REF', 'SOURCE', 'REPOSITORY']);

/** Arguments that name what is not on this machine. Only tags are offered. */
const REMOTE: ReadonlySet<string> = new Set(['HOST', 'NAME']);

/** How the summary of an argument says that it names an image, not a repository. */
const TAGGED = /:TAG\b/;

/** Options whose values are layers of the image. */
const LAYER_OPTIONS: ReadonlySet<string> = new Set(['--layer', '--from', '--to']);

/** Options whose values are paths on this machine. */
const PATH_VALUE = /<(?:FILE|DIR|SOURCE)\b/;

/** The conditions of `images --filter`. */
const FILTERS = ['dangling=true', 'dangling=false', 'label=', 'before=', 'since=', 'reference='];

/** Returns the commands with their options, each followed by its subcommands. */
export function grammarOf(program: Command, prefix = ''): CommandWords[] {
  const help = program.createHelp();
  return help.visibleCommands(program).flatMap((command) => [
    {
      name: `${prefix}${command.name()}`,
      description: command.description(),
      options: help.visibleOptions(command).map(optionWords),
      argument: argumentOf(command),
      directory: positionOf(command, 'DIR'),
      paths: positionOf(command, 'PATH'),
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

function valuesOf({ argChoices, long, flags }: Option): readonly string[] | 'paths' | 'layers' {
  if (argChoices !== undefined) return argChoices;
  if (LAYER_OPTIONS.has(long ?? '') && flags.endsWith('<N>')) return 'layers';
  if (long === '--filter') return FILTERS;
  if (/^--(?:set-)?platform/.test(long ?? '')) return PLATFORMS;
  return PATH_VALUE.test(flags) ? 'paths' : [];
}

function positionOf(command: Command, name: string): number | null {
  const position = command.registeredArguments.findIndex((argument) => argument.name() === name);
  return position < 0 ? null : position + 1;
}

function argumentOf(command: Command): CommandWords['argument'] {
  if (command.commands.length > 0) return command.commands.map((each) => each.name());
  const [first] = command.registeredArguments;
  if (first !== undefined && ARCHIVES.has(first.name())) return 'archive';
  if (first === undefined) return [];
  if (REMOTE.has(first.name())) return TAGGED.test(first.description) ? 'remote' : [];
  if (NAMES.has(first.name())) return 'name';
  return command.name() === 'help' ? 'command' : (first.argChoices ?? first.description.split(', '));
}
