import { ExitStatus } from '../../exit-status.js';
import { FormatRequest } from '../../template/format-request.js';
import { READS_STORE } from '../help.js';
import { BYTES, documentFormat, JSONL, NO_TRUNC, PLATFORM, ROW_WORDS } from '../options.js';
import type { CommandGroup, CommandRecord } from '../record.js';

const IMAGES: CommandRecord = {
  name: 'images',
  imageNames: ['ls', 'list'],
  summary: 'List the images of the store, as docker images does',
  arguments: [
    {
      name: '[REPOSITORY]',
      summary: 'list only images of a name, or of a pattern such as app*:1.?',
    },
  ],
  options: [
    { flags: '-a, --all', summary: 'accept the option of docker; all images are listed anyway' },
    { flags: '--digests', summary: 'show the digests of the manifests' },
    {
      flags: '-f, --filter <CONDITION>',
      summary:
        'list only images with dangling=true|false, label=KEY[=VALUE], before=REF, since=REF or reference=PATTERN (repeatable)',
      repeatable: true,
    },
    {
      flags: '--format <TEMPLATE>',
      summary:
        "print a template for each image, as docker does: '{{.Repository}}', 'table {{.ID}}\\t{{.Size}}' or json",
      words: ROW_WORDS,
      parse: (text) => new FormatRequest(text, 'images'),
      conflicts: ['json', 'jsonl', 'quiet', 'digests'],
    },
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  global: { quiet: 'print only ids' },
  examples: [
    'layers images',
    "layers images --format '{{.Repository}}:{{.Tag}}'",
    "layers images --filter 'reference=alpine:3.*' --digests",
    'layers images -q --filter dangling=true',
  ],
  statuses: READS_STORE,
  load: async () => (await import('../../commands/images.js')).images,
};

const TAG: CommandRecord = {
  name: 'tag',
  imageNames: ['tag'],
  summary: 'Add a tag to an image of the store',
  arguments: [
    { name: '<SOURCE>', summary: 'an image in the store, by name or id' },
    { name: '<TARGET>', summary: 'the new tag, moved from an image that has it' },
  ],
  options: [PLATFORM],
  examples: ['layers tag app:1.0 registry.example/app:latest'],
  statuses: READS_STORE,
  load: async () => (await import('../../commands/tag.js')).tag,
};

const RMI: CommandRecord = {
  name: 'rmi',
  imageNames: ['rm', 'remove'],
  otherNames: ['untag', 'image untag', 'remove'],
  summary: 'Remove tags; delete an image with its last tag',
  arguments: [{ name: '<REF...>', summary: 'images in the store, by name or id' }],
  options: [
    {
      flags: '-f, --force',
      summary: 'delete an image by id with all its names; ignore unknown names',
    },
    { flags: '--no-prune', summary: 'accept the option of docker; there are no untagged parents' },
    PLATFORM,
  ],
  examples: ['layers rmi app:1.0 app:1.1', 'layers rmi --force 3ed9bdcf5d92'],
  statuses: READS_STORE,
  load: async () => (await import('../../commands/rmi.js')).rmi,
};

const PRUNE: CommandRecord = {
  name: 'prune',
  imageNames: ['prune'],
  otherNames: ['system prune', 'gc', 'clean', 'cleanup', 'purge'],
  summary: 'Delete untagged images and unused blobs',
  arguments: [],
  options: [
    { flags: '-f, --force', summary: 'accept the option of docker; prune never asks' },
    {
      flags: '--grace <DURATION>',
      summary: 'keep younger unused blobs: 30s, 10m, 7d (default: 1h)',
    },
    { flags: '--dry-run', summary: 'print what would be deleted, and delete nothing' },
    BYTES,
  ],
  examples: ['layers prune --dry-run', 'layers prune --grace 0'],
  statuses: { ...READS_STORE, [ExitStatus.failed]: 'an image of the store cannot be read' },
  load: async () => (await import('../../commands/prune.js')).prune,
};

const STORE: CommandRecord = {
  name: 'store',
  summary: 'Check every blob of the store, or print the path of the store',
  arguments: [
    {
      name: '<ACTION>',
      summary: 'check (compares every blob with its digest) or path',
      choices: ['check', 'path'],
    },
  ],
  options: [
    documentFormat('store', 'path'),
    { flags: '--repair', summary: 'make a new index if the present one is damaged, missing or too large' },
    BYTES,
    NO_TRUNC,
  ],
  examples: ['layers store check', 'layers store check --repair', 'layers store path'],
  statuses: { ...READS_STORE, [ExitStatus.failed]: 'the check failed' },
  load: async () => (await import('../../commands/store.js')).store,
};

/** The commands that show and clean up the local store. */
export const LOCAL_STORE: CommandGroup = {
  title: 'Local store ($LAYERS_STORE):',
  commands: [IMAGES, TAG, RMI, PRUNE, STORE],
};
