import type { HelpConfiguration } from 'commander';
import { ExitStatus } from '../exit-status.js';
import type { CommandRecord } from './record.js';

/** The greatest width of the help. */
export const HELP_COLUMNS = 80;

/** Statuses that every command can end with. */
export const EVERY: CommandRecord['statuses'] = {
  [ExitStatus.done]: 'done',
  [ExitStatus.usage]: 'wrong usage',
  [ExitStatus.output]: 'the output cannot be written',
  [ExitStatus.internal]: 'a bug in layers: please report it',
  [ExitStatus.interrupted]: 'interrupted',
};

/** The status of commands that read an image or the store. */
export const READS: CommandRecord['statuses'] = {
  [ExitStatus.input]: 'the input cannot be read or is corrupt',
};

/** The statuses of commands that show an image. */
export const SHOWS: CommandRecord['statuses'] = {
  ...READS,
  [ExitStatus.failed]: 'the image is damaged; what can be read is shown',
};

/** The statuses of commands that also write what they read. */
export const WRITES: CommandRecord['statuses'] = {
  ...READS,
  [ExitStatus.failed]: 'the image is damaged; what can be read is written',
};

/** The status of commands that read the store alone. */
export const READS_STORE: CommandRecord['statuses'] = {
  [ExitStatus.input]: 'the store cannot be read or is corrupt',
};

/** Prints only the summaries of options and arguments, which name choices and defaults themselves. */
export const HELP_STYLE: HelpConfiguration = {
  subcommandTerm: (command) => command.name(),
  optionDescription: ({ description }) => description,
  argumentDescription: ({ description }) => description,
};

/** A term of the help, and what it means. */
export type Definition = readonly [term: string, meaning: string];

/** What `IMAGE` can be. */
export const IMAGE_FORMS: readonly Definition[] = [
  [
    'FILE or DIR',
    'an archive (docker save, podman save, skopeo, …) or an OCI layout, recognized by its content',
  ],
  ['-', 'an archive on standard input'],
  ['NAME:TAG or ID', 'an image of the local store, if no such file exists'],
  ['store:NAME:TAG', 'an image of the local store'],
  ['docker-daemon:REF', 'an image of the Docker Engine'],
  ['docker://REF', 'an image in a registry'],
  ['docker-archive:FILE[:REF], oci-archive:FILE[:REF], oci:DIR[:REF]', 'an archive or layout of that format'],
];

export const ROOT_EXAMPLES: readonly string[] = [
  'layers inspect app.tar',
  'layers inspect docker://alpine:3.20',
  'docker save app | layers waste -',
  'layers diff app-1.tar app-2.tar',
  'layers repack --drop-waste app.tar -o lean.tar',
  'layers load -i app.tar && layers images',
];

export const ROOT_STATUSES: CommandRecord['statuses'] = {
  ...EVERY,
  ...READS,
  [ExitStatus.failed]: 'a check failed, the images differ, or an image is damaged',
};

export const ENVIRONMENT: readonly Definition[] = [
  ['LAYERS_STORE', 'the directory of the local store (layers store path)'],
  ['LAYERS_CACHE', 'the directory of the cache (layers cache info), or off'],
  ['DOCKER_HOST', 'the Docker Engine of docker-daemon:, with DOCKER_CONTEXT, DOCKER_TLS_VERIFY, …'],
  ['LAYERS_REGISTRY_MIRRORS', 'mirrors of registries, read before them'],
  ['DOCKER_CONFIG, REGISTRY_AUTH_FILE', 'where the credentials for registries are'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'proxies for registries'],
  ['NO_COLOR, FORCE_COLOR', 'no colors, or always; --color takes precedence'],
  ['TERM=dumb', 'no colors'],
  ['COLUMNS', 'the width of tables'],
  ['LC_ALL, LC_CTYPE, LANG', 'whether lines are drawn in UTF-8 or in ASCII'],
  ['TMPDIR', 'the directory of temporary files'],
  ['NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE', 'where compiled code is kept (~/.cache/layers), or not'],
  [
    'SOURCE_DATE_EPOCH',
    'seconds since 1970: the latest time in new layers of append, and of repack and rechunk --reproducible; and the creation time of what squash, rechunk, append, import and packages write',
  ],
];

/** Returns the text below the list of commands. */
export function rootHelp(): string {
  return `
IMAGE is one of:
${definitionText(IMAGE_FORMS)}

Examples:
${ROOT_EXAMPLES.map((line) => `  ${line}`).join('\n')}

${statusText(ROOT_STATUSES)}

Environment:
${definitionText(ENVIRONMENT)}`;
}

/** The column where meanings start. */
const MEANING_COLUMN = 26;

function definitionText(definitions: readonly Definition[]): string {
  const margin = ' '.repeat(MEANING_COLUMN);
  return definitions
    .flatMap(([term, meaning]) => {
      const head = `  ${term}`;
      const lines = wrapped(meaning, HELP_COLUMNS - MEANING_COLUMN).map((line) => `${margin}${line}`);
      if (head.length >= MEANING_COLUMN) return [head, ...lines];
      const [first = '', ...rest] = lines;
      return [`${head}${first.slice(head.length)}`, ...rest];
    })
    .join('\n');
}

/** Splits a text at spaces into lines. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Returns what the statuses mean that a command can end with. */
export function statusesOf({ statuses }: CommandRecord): CommandRecord['statuses'] {
  return { ...EVERY, ...statuses };
}

/** The text below the options of a command: its examples, and the statuses that it can end with. */
export function commandHelp(record: CommandRecord): string {
  return `
Examples:
${record.examples.map((line) => `  ${line}`).join('\n')}

${statusText(statusesOf(record))}`;
}

function statusText(statuses: CommandRecord['statuses']): string {
  const lines = Object.entries(statuses)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([status, meaning]) => `  ${status.padEnd(5)}${meaning}`);
  return `Exit status:\n${lines.join('\n')}`;
}
