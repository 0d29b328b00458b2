import { ExitStatus } from '../../exit-status.js';
import { FIND_TYPES } from '../../flags/find-words.js';
import { SHOWS } from '../help.js';
import {
  BASE,
  BYTES,
  FORCE,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  IMAGE_TEXT,
  JSONL,
  LAYER,
  NO_CACHE,
  NO_TRUNC,
  REGISTRY_OPTIONS,
  rowsFormat,
  wholeNumber,
} from '../options.js';
import type { CommandRecord } from '../record.js';
import { CHECK_IMAGE } from './check.js';
import { DOCKERFILE } from './dockerfile.js';
import { PACKAGES } from './packages.js';
import { PULL_COST } from './pull-cost.js';
import { REPORT } from './report.js';
import { SECRETS } from './secrets.js';

const DUPLICATES: CommandRecord = {
  name: 'duplicates',
  otherNames: ['dupes', 'fdupes', 'dedupe'],
  summary: 'List files with the same content, and the bytes that one copy would save',
  arguments: [IMAGE_ARGUMENT],
  options: [
    { flags: '--top <N>', summary: 'list the N contents with the most savable bytes', parse: wholeNumber },
    { flags: '--min-size <SIZE>', summary: 'ignore smaller files: 500, 10k, 1.5M, 1MiB' },
    rowsFormat('duplicates', 'content', 'Paths'),
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: ['layers duplicates app.tar', 'layers duplicates --min-size 1M --json app.tar | jq .totals'],
  statuses: SHOWS,
  load: async () => (await import('../../commands/duplicates.js')).duplicates,
};

const LOG: CommandRecord = {
  name: 'log',
  otherNames: ['blame'],
  summary: 'Show what each layer did to one path, with the instructions',
  arguments: [
    IMAGE_ARGUMENT,
    { name: '<PATH>', summary: 'a path from the root of the image, also one that a layer deleted' },
  ],
  options: [
    { flags: '-p, --patch', summary: 'print the changes of a text file as patches' },
    rowsFormat('log', 'change', 'Instruction'),
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: ['layers log app.tar /etc/passwd', 'layers log -p app.tar /etc/passwd'],
  statuses: SHOWS,
  load: async () => (await import('../../commands/log.js')).log,
};

const FIND: CommandRecord = {
  name: 'find',
  otherNames: ['locate'],
  summary: 'Find paths in all layers, also deleted and overwritten ones',
  arguments: [
    IMAGE_ARGUMENT,
    { name: '[GLOB...]', summary: "names such as '*.pem', or whole paths such as '/etc/**' (default: all)" },
  ],
  options: [
    {
      flags: '--size <SIZE>',
      summary: 'find files of this size: +10M is larger, -1k smaller (repeatable)',
      repeatable: true,
    },
    {
      flags: '--type <LIST>',
      summary:
        'find only: f (file), d (directory), l (symlink), c (char), b (block), p (fifo); comma-separated',
      choices: FIND_TYPES,
      isList: true,
    },
    { flags: '--newer <DATE>', summary: 'find what was modified after 2026-11-21, or 2026-11-21T02:36:41Z' },
    { flags: '--setuid', summary: 'find files with setuid, setgid or capabilities' },
    { flags: '--deleted', summary: 'find only what the final file system lacks' },
    {
      ...LAYER,
      summary: 'find only what one layer adds, changes or deletes: 0 is the lowest; or a DiffID',
    },
    rowsFormat('find', 'path', 'Path'),
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: [
    "layers find app.tar '*.conf'",
    'layers find --deleted --size +1k app.tar',
    "layers find --jsonl app.tar '/etc/**' | jq -r .path",
  ],
  statuses: { ...SHOWS, [ExitStatus.failed]: 'nothing was found, or the image is damaged' },
  load: async () => (await import('../../commands/find.js')).find,
};

const ADVISE: CommandRecord = {
  name: 'advise',
  otherNames: ['advice'],
  summary: 'Show what to change in the Dockerfile, and the bytes that each change saves',
  arguments: [IMAGE_ARGUMENT],
  options: [
    BASE,
    { flags: '--secrets', summary: 'read all files to find secrets, not only their names' },
    {
      flags: '--history <IMAGE>',
      summary: 'find instructions in a bad order: earlier versions, oldest first (repeatable)',
      repeatable: true,
    },
    {
      flags: '--min-size <SIZE>',
      summary: 'leave out advice that saves less (default: a thousandth of the image)',
    },
    rowsFormat('advise', 'advice', 'Problem'),
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
  ],
  examples: [
    'layers advise app.tar',
    'layers advise --base base.tar app.tar',
    'layers advise --secrets app.tar',
    'layers advise app-2.tar --history app-1.tar',
    'layers advise --json app.tar | jq .totals',
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/advise.js')).advise,
};

const BUILT_ON: CommandRecord = {
  name: 'base',
  otherNames: ['from'],
  summary: 'Show on which image an image was built',
  arguments: [IMAGE_ARGUMENT],
  options: [
    {
      flags: '--against <IMAGE>',
      summary: 'compare with this image, not with those of the store (repeatable)',
      repeatable: true,
    },
    rowsFormat('base', 'evidence', 'Name'),
    ...IMAGE_OPTIONS,
    ...REGISTRY_OPTIONS,
    NO_TRUNC,
  ],
  examples: ['layers base app.tar', 'layers base app.tar --against base.tar --against app-1.tar'],
  statuses: SHOWS,
  load: async () => (await import('../../commands/base.js')).base,
};

const EXPLORE: CommandRecord = {
  name: 'explore',
  otherNames: ['browse', 'ui', 'tui'],
  summary: 'Walk through the layers and files of an image, or what differs in two',
  arguments: [
    { name: '[IMAGE]', summary: `${IMAGE_TEXT}; without it, a list to choose from` },
    { name: '[B]', summary: 'a newer image: walk through what differs from IMAGE to B' },
  ],
  options: [
    { flags: '--plain', summary: 'print what changes as lines of text; read keys from standard input' },
    { flags: '--export <FILE>', summary: 'write what is seen as JSON at the end, and with the key J' },
    FORCE,
    { ...BASE, summary: 'mark the layers of this image, which the image was built on' },
    { flags: '--no-mouse', summary: 'leave the mouse to the terminal, to select text' },
    ...IMAGE_OPTIONS,
    { flags: '--image-b <REF>', summary: 'select an image of B; without B, another image of IMAGE' },
    { flags: '--platform-b <OS/ARCH>', summary: 'select a platform of B; without B, another of IMAGE' },
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
  ],
  global: { json: false },
  examples: [
    'layers explore app.tar',
    'docker save app | layers explore -',
    'layers explore app-1.tar app-2.tar',
    'layers explore --base base.tar app.tar',
    'layers explore',
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/explore.js')).explore,
};

/** The commands of `@layers/insight`, and the explorer. */
export const INSIGHT: readonly CommandRecord[] = [
  EXPLORE,
  REPORT,
  ADVISE,
  CHECK_IMAGE,
  BUILT_ON,
  DOCKERFILE,
  FIND,
  LOG,
  DUPLICATES,
  PACKAGES,
  PULL_COST,
  SECRETS,
];
