import { type Command, InvalidArgumentError, Option } from 'commander';
import { UNLIMITED } from '../output/terminal-size.js';

/** The options of every command. Tests hold the flags' types in session.ts against these. */
export function common(command: Command, { json = true }: { json?: boolean } = {}): Command {
  if (json) command.option('--json', 'print one JSON document');
  return command
    .option('-q, --quiet', 'say nothing on standard error but errors')
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
