import { ExitStatus } from '../../exit-status.js';
import { FormatRequest } from '../../template/format-request.js';
import { READS, SHOWS } from '../help.js';
import {
  BASE,
  BYTES,
  documentFormat,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  IMAGE_TEXT,
  JSONL,
  LAYER,
  NO_CACHE,
  NO_TRUNC,
  PATH_ARGUMENT,
  REGISTRY_OPTIONS,
  ROW_WORDS,
  rowsFormat,
  wholeNumber,
} from '../options.js';
import type { CommandGroup, CommandRecord, OptionRecord } from '../record.js';
import { DIFF } from './diff.js';
import { INSIGHT } from './insight.js';

/** Of an image in a registry, inspect and history need only the manifest and the config. */
const LAYERS: OptionRecord = {
  flags: '--layers',
  summary: 'also read the layers of an image in a registry (read by default elsewhere)',
};

const INSPECT: CommandRecord = {
  name: 'inspect',
  imageNames: ['inspect'],
  otherNames: ['show'],
  summary: 'Show an image, its layers, and what each adds and wastes',
  arguments: [{ name: '<IMAGE...>', summary: `${IMAGE_TEXT}; several, or a folder of archives: a table` }],
  options: [
    {
      flags: '--all',
      summary: 'show a table of all images of the archives, and of all platforms',
      conflicts: ['image', 'platform'],
    },
    {
      flags: '--top <N>',
      summary: 'list the N most wasteful files (default: 10)',
      parse: wholeNumber,
      defaultValue: 10,
    },
    BASE,
    {
      flags: '-f, --format <TEMPLATE>',
      summary: "print a template over each image, as docker does: '{{.Config.Labels}}'; or json",
      words: ['json'],
      parse: (text) => new FormatRequest(text, 'inspect'),
      conflicts: ['all', 'base', 'verify', 'layers', 'json', 'jsonl', 'bytes'],
    },
    { flags: '--verify', summary: 'compute all digests and compare them with declared ones' },
    LAYERS,
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: [
    'layers inspect app.tar',
    "layers inspect -f '{{.Config.Labels}}' app.tar",
    'docker save app | layers inspect --json - | jq .totals',
    'layers inspect docker://registry.example/app:1.0',
    'layers inspect --base base.tar app.tar',
    'layers inspect app-1.tar app-2.tar',
    'layers inspect --all --jsonl both.tar | jq .totals.wastedBytes',
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/inspect.js')).inspect,
};

const LIST: CommandRecord = {
  name: 'list',
  summary: 'List the images of an archive or layout, or the platforms of an image',
  arguments: [{ name: '<IMAGE...>', summary: `${IMAGE_TEXT}; or a folder of archives` }],
  options: [rowsFormat('list', 'image', 'Digest'), ...REGISTRY_OPTIONS, BYTES, NO_TRUNC, JSONL],
  examples: [
    'layers list app.tar',
    'layers list app-1.tar app-2.tar',
    "layers list --jsonl app.tar | jq -r '.tags[]'",
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/list.js')).list,
};

const WASTE: CommandRecord = {
  name: 'waste',
  otherNames: ['analyze', 'lint'],
  summary: 'List wasted files, with the layers that stored and removed them',
  arguments: [IMAGE_ARGUMENT],
  options: [
    { flags: '--top <N>', summary: 'list the N lines or files with the most bytes', parse: wholeNumber },
    { flags: '--all', summary: 'list each file, also where a directory has many' },
    rowsFormat('waste', 'wasted file', 'Path'),
    BASE,
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: [
    'layers waste app.tar',
    'layers waste --all --top 50 app.tar',
    'layers waste --base base.tar app.tar',
    'layers waste --jsonl app.tar | jq -r .path',
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/waste.js')).waste,
};

const HISTORY: CommandRecord = {
  name: 'history',
  imageNames: ['history'],
  otherNames: ['stat'],
  summary: 'List the steps that built an image, with layers and sizes',
  arguments: [IMAGE_ARGUMENT],
  options: [
    {
      flags: '-f, --format <TEMPLATE>',
      summary: "print a template for each step, as docker does: '{{.CreatedBy}}', 'table …' or json",
      words: ROW_WORDS,
      parse: (text) => new FormatRequest(text, 'history'),
      conflicts: ['json', 'jsonl'],
    },
    LAYERS,
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: [
    'layers history app.tar',
    'layers history --no-trunc app.tar',
    "layers history --format '{{.Size}} {{.CreatedBy}}' app.tar",
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/history.js')).history,
};

const LS: CommandRecord = {
  name: 'ls',
  summary: 'List files of the merged file system, or of one layer',
  arguments: [IMAGE_ARGUMENT, PATH_ARGUMENT],
  options: [
    { flags: '-l, --long', summary: 'show mode, owner, size, time and layer' },
    { flags: '-R, --recursive', summary: 'list all files below PATH, as full paths' },
    LAYER,
    { flags: '--digest', summary: 'show the SHA-256 of every file' },
    rowsFormat('ls', 'path', 'Path'),
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    JSONL,
  ],
  examples: [
    'layers ls -l app.tar /etc',
    'layers ls -R --layer 2 app.tar',
    "layers ls -R --format 'table {{.Size}}\\t{{.Path}}' app.tar /etc",
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/ls.js')).ls,
};

const TREE: CommandRecord = {
  name: 'tree',
  otherNames: ['image tree'],
  summary: 'Show the merged file system, one layer, or wasted files, as a tree with sizes',
  arguments: [IMAGE_ARGUMENT, PATH_ARGUMENT],
  options: [
    { flags: '--depth <N>', summary: 'show N levels of directories', parse: wholeNumber },
    {
      flags: '--sort <HOW>',
      summary: 'order the entries of a directory by size (the default) or name',
      choices: ['size', 'name'],
    },
    {
      flags: '--top <N>',
      summary: 'list N entries of each directory, and sum up the others',
      parse: wholeNumber,
    },
    {
      flags: '--all',
      summary: 'list all entries; without it, those of less than 0.1 % of the bytes are summed up',
      conflicts: ['top'],
    },
    { flags: '--waste', summary: 'show wasted files: stored in a layer, and not in the final file system' },
    rowsFormat('tree', 'path', 'Path'),
    LAYER,
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
  ],
  examples: [
    'layers tree --depth 3 --top 5 app.tar',
    'layers tree --waste --depth 3 app.tar',
    'layers tree --layer 0 app.tar /usr',
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/tree.js')).tree,
};

const CAT: CommandRecord = {
  name: 'cat',
  summary: 'Print files; --layer reads files that later layers deleted',
  arguments: [
    IMAGE_ARGUMENT,
    { name: '<PATH...>', summary: 'files, from the root of the image; or patterns such as /etc/*.conf' },
  ],
  options: [
    { ...LAYER, summary: 'read the files from one layer: 0 is the lowest; or the start of its DiffID' },
    { flags: '--force', summary: 'write a binary file to a terminal' },
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
  ],
  global: { json: false },
  examples: [
    'layers cat app.tar /etc/os-release',
    "layers cat app.tar '/etc/*-release'",
    'layers cat --layer 0 app.tar /etc/motd > motd',
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/cat.js')).cat,
};

const VERIFY: CommandRecord = {
  name: 'verify',
  otherNames: ['validate'],
  summary: 'Check declared sizes, digests and structure',
  arguments: [IMAGE_ARGUMENT],
  options: [documentFormat('verify', 'verified'), ...IMAGE_OPTIONS, ...REGISTRY_OPTIONS, NO_TRUNC],
  examples: ['layers verify app.tar', 'docker save app | layers verify -'],
  statuses: { ...READS, [ExitStatus.done]: 'the check passed', [ExitStatus.failed]: 'the check failed' },
  load: async () => (await import('../../commands/verify.js')).verify,
};

/** The commands that only read. */
export const UNDERSTAND: CommandGroup = {
  title: 'Understand:',
  commands: [INSPECT, LIST, WASTE, HISTORY, LS, TREE, CAT, DIFF, VERIFY, ...INSIGHT],
};
