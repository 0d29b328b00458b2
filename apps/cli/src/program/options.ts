import { InvalidArgumentError } from 'commander';
import { ARCHIVE_FORMATS } from '../documents/archive-form.js';
import { layerWord } from '../flags/layer-flag.js';
import type { FormatCommand } from '../template/format-command.js';
import { FormatRequest } from '../template/format-request.js';
import type { ArgumentRecord, GlobalOptions, OptionRecord } from './record.js';

// Options and arguments that several commands have. Tests compare the types of their values in session.ts with these.

/** The kinds of names of an image. */
export const IMAGE_TEXT = 'an archive, an OCI layout, - (stdin), docker://NAME, or an image of the store';

export const IMAGE_ARGUMENT: ArgumentRecord = { name: '<IMAGE>', summary: IMAGE_TEXT };
export const PATH_ARGUMENT: ArgumentRecord = {
  name: '[PATH]',
  summary: 'the path to start from (default: /)',
};

/** Select an image of an archive. */
export const IMAGE_OPTIONS: readonly OptionRecord[] = [
  { flags: '--image <REF>', summary: 'select an image by tag, id prefix or position (#2)' },
  { flags: '--platform <OS/ARCH>', summary: 'select a platform of the image: os/arch[/variant]' },
];

/** Selects all platforms of an image. */
export const ALL_PLATFORMS: OptionRecord = {
  flags: '--all-platforms',
  summary: 'change every platform of the image, and write them as one index',
  conflicts: ['platform'],
};

/** Selects a platform of an image of the store. */
export const PLATFORM: OptionRecord = {
  flags: '--platform <OS/ARCH>',
  summary: 'select a platform of the image: os/arch[/variant]',
};

export const BYTES: OptionRecord = { flags: '--bytes', summary: 'print exact sizes in bytes' };
export const NO_TRUNC: OptionRecord = { flags: '--no-trunc', summary: 'do not truncate output' };
export const JSONL: OptionRecord = {
  flags: '--jsonl',
  summary: 'print one JSON object a line',
  conflicts: ['json'],
};
export const NO_CACHE: OptionRecord = {
  flags: '--no-cache',
  summary: 'read every layer, not what earlier runs kept of it',
};
export const LAYER: OptionRecord = {
  flags: '--layer <N>',
  summary: 'show the entries of one layer: 0 is the lowest; or the start of its DiffID',
  parse: layerWord,
};
/** Says which image an image was built on, so that its files are not blamed. */
export const BASE: OptionRecord = {
  flags: '--base <IMAGE>',
  summary: 'do not blame the files of this image, which the image was built on',
};
export const CHECK: OptionRecord = {
  flags: '--check',
  summary: 'compare the root file system before and after',
};
export const FORCE: OptionRecord = { flags: '--force', summary: 'replace an existing output' };

export const FORCE_DAMAGED: OptionRecord = {
  flags: '--force-damaged',
  summary: 'also write the files of layers that do not match their digests',
};
export const TAG: OptionRecord = {
  flags: '--tag <NAME>',
  summary: 'name the written image (repeatable)',
  otherNames: ['-t'],
  repeatable: true,
};
export const ALL_TAGS: OptionRecord = {
  flags: '--all-tags',
  summary: 'keep all tags, not only the one by which the image was chosen',
  conflicts: ['tag'],
};
export const FORMAT: OptionRecord = {
  flags: '--format <FORM>',
  summary: 'set the format: hybrid (the default, for every loader), docker, oci or oci-dir',
  choices: ARCHIVE_FORMATS,
};

/** The words of `--format` where a command has rows. */
export const ROW_WORDS = ['json', 'table'] as const;

/** Prints a template for each row of a list. */
export function rowsFormat(command: FormatCommand, row: string, example: string): OptionRecord {
  return {
    flags: '-f, --format <TEMPLATE>',
    summary: `print a template for each ${row}: '{{.${example}}}', 'table …' or json`,
    words: ROW_WORDS,
    conflicts: ['json', 'jsonl'],
    parse: (text) => templateOf(text, command),
  };
}

/** Prints a template over the one document of a command. */
export function documentFormat(command: FormatCommand, example: string): OptionRecord {
  return {
    flags: '-f, --format <TEMPLATE>',
    summary: `print a template over the document of --json: '{{.${example}}}'; or json`,
    words: ['json'],
    conflicts: ['json', 'jsonl'],
    parse: (text) => templateOf(text, command),
  };
}

/** Reads a template, or a word for a form. Throws InvalidArgumentError for another word: it would be printed as it is. */
export function templateOf(
  text: string,
  command: FormatCommand,
  words: readonly string[] = [],
): FormatRequest {
  if (text.includes('{{') || text === 'json' || text === 'table') return new FormatRequest(text, command);
  const known = [...words, 'json'].join(', ');
  throw new InvalidArgumentError(`It must be ${known} or a template such as '{{json .}}'.`);
}

/** The output of commands that write images, and its format. */
export const OUTPUT_OPTIONS: readonly OptionRecord[] = [
  {
    flags: '-o, --output <FILE>',
    summary: 'write to a file, - (stdout), oci:DIR, store:NAME, docker-daemon:NAME or docker://NAME',
  },
  FORMAT,
  FORCE,
  { flags: '--dry-run', summary: 'print what would be written, and write nothing' },
];

/** How a registry is reached, and as whom. */
export const REGISTRY_OPTIONS: readonly OptionRecord[] = [
  { flags: '--authfile <FILE>', summary: 'use only the credentials in this file' },
  { flags: '--insecure', summary: 'accept any certificate, and http without TLS' },
  { flags: '--cert-dir <DIR>', summary: 'use the certificates and keys in this directory' },
  { flags: '--mirror <NAME>', summary: 'read from this mirror first (repeatable)', repeatable: true },
];

/** The credentials of one registry on the command line. */
export const CREDENTIAL_OPTIONS: readonly OptionRecord[] = [
  { flags: '-u, --username <NAME>', summary: 'log in with this name; needs --password-stdin' },
  { flags: '--password-stdin', summary: 'read the password from standard input' },
];

/** How a registry is reached that is written to. Mirrors are only read. */
export const REGISTRY_TARGET_OPTIONS: readonly OptionRecord[] = REGISTRY_OPTIONS.filter(
  ({ flags }) => !flags.startsWith('--mirror'),
);

/** The same, and as whom. */
export const REGISTRY_WRITE_OPTIONS: readonly OptionRecord[] = [
  ...CREDENTIAL_OPTIONS,
  ...REGISTRY_TARGET_OPTIONS,
];

/** The compression of new layers. */
export const COMPRESSION_OPTIONS: readonly OptionRecord[] = [
  {
    flags: '--compression <KIND>',
    summary: 'compress layers: none, gzip or zstd (default: unchanged)',
    choices: ['none', 'gzip', 'zstd'],
  },
  {
    flags: '--level <N>',
    summary: 'set the compression level: gzip 0 to 9, zstd 1 to 19',
    parse: wholeNumber,
  },
];

/** Returns the options of every command; the help prints them last. */
export function globalOptions({ json, quiet }: GlobalOptions = {}): readonly OptionRecord[] {
  return [
    ...(json === false ? [] : [{ flags: '--json', summary: 'print one JSON document' }]),
    { flags: '-q, --quiet', summary: quiet ?? 'print only errors on standard error' },
    { flags: '-v, --verbose', summary: 'add causes and stack traces to errors' },
    { flags: '--no-progress', summary: 'show no progress bar' },
    {
      flags: '--color <WHEN>',
      summary: 'color output: auto (the default), always or never',
      choices: ['auto', 'always', 'never'],
      defaultValue: 'auto',
    },
  ];
}

/** Parses a whole number. Throws InvalidArgumentError. */
export function wholeNumber(text: string): number {
  return parseNumber(text, 'It must be a whole number from 0.');
}

/** Parses a whole number. Throws InvalidArgumentError with the sentence `complaint` for other text. */
export function parseNumber(text: string, complaint: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError(complaint);
  return Number(text);
}
