import type { Command } from 'commander';
import type { ExitStatus } from '../exit-status.js';

/**
 * A command as data. `build.ts` makes the grammar, the help and the completion of all commands from their records; a
 * record imports nothing that its command alone needs.
 */
export interface CommandRecord {
  readonly name: string;
  /** The names of the command below `image`, as docker has them: `layers image ls` runs `layers images`. */
  readonly imageNames?: readonly string[];
  /** What other tools call the command: a hint names this one. */
  readonly otherNames?: readonly string[];
  /** One line, verb first, without a full stop. */
  readonly summary: string;
  readonly arguments: readonly ArgumentRecord[];
  readonly options: readonly OptionRecord[];
  /** How the options of every command differ here. */
  readonly global?: GlobalOptions;
  /** Command lines for the help; a test runs each. */
  readonly examples: readonly string[];
  /** What the statuses mean that not every command can end with. */
  readonly statuses: Readonly<Partial<Record<ExitStatus, string>>>;
  /** Loads the code of the command. */
  readonly load: () => Promise<Handler>;
}

export interface ArgumentRecord {
  /** `<IMAGE>`, `[PATH]`, `<IMAGE...>`. */
  readonly name: string;
  readonly summary: string;
  readonly choices?: readonly string[];
}

export interface OptionRecord {
  /** `-o, --output <FILE>`. */
  readonly flags: string;
  readonly summary: string;
  /** Other names of the option, such as `-e` and `--env`. The help does not list them. */
  readonly otherNames?: readonly string[];
  /** Translates the value where the option has one of its other names. */
  readonly parseOther?: (text: string) => string;
  /** The allowed values. The summary names them; completion offers them. */
  readonly choices?: readonly string[];
  /** Values among others: completion offers them. */
  readonly words?: readonly string[];
  /** Whether several of `choices` can be given, with commas between them. */
  readonly isList?: boolean;
  /** Whether the option can be given more than once: its value is then a list. */
  readonly repeatable?: boolean;
  /** Throws commander's InvalidArgumentError. */
  readonly parse?: (text: string) => unknown;
  readonly defaultValue?: string | number;
  /** Options that exclude this one, in camel case. */
  readonly conflicts?: readonly string[];
}

export interface GlobalOptions {
  /** False where there is no `--json`. */
  readonly json?: false;
  /** What `--quiet` does, where that is something else. */
  readonly quiet?: string;
}

type Words = Parameters<Parameters<Command['action']>[0]>;

/**
 * Runs a command. The parameters are its arguments, its options, the session, and a function that describes all
 * commands.
 */
export type Handler = (...words: Words) => Promise<ExitStatus>;

/** A group of commands in the help. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandRecord[];
}
