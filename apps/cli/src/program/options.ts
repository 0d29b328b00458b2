import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMPRESSIONS } from '../commands/compression-flags.js';
import { ARCHIVE_FORMATS } from '../output/output-name.js';
import { UNLIMITED } from '../output/terminal-size.js';

/** Options that several commands have. */
type OptionGroup = (command: Command) => Command;

/** Gives a command groups of options; its help shows them in this order. */
export function withOptions(command: Command, ...groups: readonly OptionGroup[]): Command {
  return groups.reduce((sofar, add) => add(sofar), command);
}

/** The options of every command. Tests hold the flags' types in session.ts against these. */
export function common(
  command: Command,
  {
    json = true,
    quiet = 'say nothing on standard error but errors',
  }: { json?: boolean; quiet?: string } = {},
): Command {
  if (json) command.option('--json', 'print one JSON document');
  return command
    .option('-q, --quiet', quiet)
    .option('-v, --verbose', 'add causes and stack traces to errors')
    .option('--no-progress', 'show no progress bar')
    .addOption(
      new Option('--color <WHEN>', 'colour the output').choices(['auto', 'always', 'never']).default('auto'),
    )
    .helpOption('-h, --help', 'print this help');
}

/** Which image of an archive is meant, and how sizes are printed. */
export function selecting(command: Command, { bytes = true }: { bytes?: boolean } = {}): Command {
  command
    .option('--image <REF>', 'which image of an archive: a tag, the start of an id, or #2')
    .option('--platform <OS/ARCH>', 'which platform of an image: os/arch[/variant]');
  return bytes ? command.option('--bytes', 'print sizes as exact bytes') : command;
}

export function noTrunc(command: Command): Command {
  return command.option('--no-trunc', 'cut nothing short');
}

export function jsonl(command: Command): Command {
  return command.addOption(new Option('--jsonl', 'print a JSON object a line').conflicts('json'));
}

export function top(): Option {
  return new Option('--top <N>', 'how many of the most wasteful contents to show')
    .argParser(wholeNumber)
    .default(10);
}

export function layer(): Option {
  return new Option('--layer <N>', "one layer's own entries, by its position from 0").argParser(wholeNumber);
}

export function depth(): Option {
  return new Option('--depth <N>', 'how many levels to show').argParser(wholeNumber);
}

export function wholeNumber(text: string): number {
  return parseNumber(text, 'It must be a whole number from 0.');
}

/** Throws with `complaint`, a sentence, for what is no number. */
export function parseNumber(text: string, complaint: string): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : UNLIMITED;
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError(complaint);
  return number;
}

/** Where a command that writes images puts them, and in which form. */
export function writing(command: Command): Command {
  return command
    .option(
      '-o, --output <FILE>',
      'where to write: a file, - for standard output, oci:DIR and the like, or docker-daemon:NAME',
    )
    .addOption(
      new Option('--format <FORM>', 'hybrid (what every loader takes), docker, oci, oci-dir').choices([
        ...ARCHIVE_FORMATS,
      ]),
    )
    .option('--force', 'replace what is there')
    .option('--dry-run', 'write nothing, and tell what would be written');
}

/** How new layers are packed. */
export function packing(command: Command): Command {
  return command
    .addOption(
      new Option('--compression <KIND>', 'how layers are packed (default: as they are)').choices([
        ...COMPRESSIONS,
      ]),
    )
    .addOption(new Option('--level <N>', 'how hard: gzip 0 to 9, zstd 1 to 19').argParser(wholeNumber));
}

/** Names for the image that is written. */
export function tagging(command: Command): Command {
  return command.addOption(several('--tag <NAME>', 'the name of the image that is written; may be repeated'));
}

/** An option that may be given more than once: all its values, in order. */
export function several(flags: string, description: string): Option {
  return new Option(flags, description).argParser((word: string, sofar: readonly string[] | undefined) => [
    ...(sofar ?? []),
    word,
  ]);
}

export function proving(command: Command): Command {
  return command.option('--check', 'prove that the root file system is the same, entry by entry');
}

/** How an archive is packed as a whole, or the raw layers of what is loaded. */
export function compressing(choices: readonly string[], description: string): Option {
  return new Option('--compress <KIND>', description).choices([...choices]);
}
