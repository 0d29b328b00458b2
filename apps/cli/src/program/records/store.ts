import { ExitStatus } from '../../exit-status.js';
import { READS } from '../help.js';
import { BYTES, JSONL, NO_TRUNC, PLATFORM } from '../options.js';
import type { CommandGroup, CommandRecord } from '../record.js';

const IMAGES: CommandRecord = {
  name: 'images',
  imageNames: ['ls', 'list'],
  otherNames: ['list'],
  summary: 'List the images of the store, as docker images does',
  arguments: [
    {
      name: '[REPOSITORY]',
      summary: 'list only a name, with or without a tag, or a pattern such as app*:1.?',
    },
  ],
  options: [
    { flags: '-a, --all', summary: 'list all images, which is the default: none are intermediate' },
    { flags: '--digests', summary: 'show the digests of the manifests' },
    {
      flags: '-f, --filter <CONDITION>',
      summary:
        'list images that match: dangling=true|false, label=KEY[=VALUE], before=REF, since=REF, reference=PATTERN; may be repeated',
      repeatable: true,
    },
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  global: { quiet: 'print only ids' },
  examples: [
    'layers images',
    "layers images --filter 'reference=alpine:3.*' --digests",
    'layers images -q --filter dangling=true',
  ],
  statuses: READS,
  load: async () => (await import('../../commands/images.js')).images,
};

const TAG: CommandRecord = {
  name: 'tag',
  imageNames: ['tag'],
  summary: 'Add a tag to an image of the store',
  arguments: [
    { name: '<SOURCE>', summary: 'a name or id of an image in the store' },
    { name: '<TARGET>', summary: 'the new name; an image that has it loses it' },
  ],
  options: [PLATFORM],
  examples: ['layers tag app:1.0 registry.example/app:latest'],
  statuses: READS,
  load: async () => (await import('../../commands/tag.js')).tag,
};

const RMI: CommandRecord = {
  name: 'rmi',
  imageNames: ['rm', 'remove'],
  otherNames: ['rm', 'untag', 'image untag', 'delete'],
  summary: 'Remove tags; delete an image with its last tag',
  arguments: [{ name: '<REF...>', summary: 'names or ids of images in the store' }],
  options: [
    {
      flags: '-f, --force',
      summary: 'delete an image by its id even if it has several names; ignore unknown names',
    },
    PLATFORM,
  ],
  examples: ['layers rmi app:1.0 app:1.1', 'layers rmi --force 3ed9bdcf5d92'],
  statuses: READS,
  load: async () => (await import('../../commands/rmi.js')).rmi,
};

const PRUNE: CommandRecord = {
  name: 'prune',
  imageNames: ['prune'],
  otherNames: ['system prune', 'gc'],
  summary: 'Delete untagged images and unused blobs',
  arguments: [],
  options: [
    { flags: '-f, --force', summary: 'accepted for docker: nothing is asked in any case' },
    {
      flags: '--grace <DURATION>',
      summary: 'keep unused blobs that are younger: 30s, 10m, 7d (default: 1h)',
    },
    { flags: '--dry-run', summary: 'delete nothing; print what would be deleted' },
    BYTES,
  ],
  examples: ['layers prune --dry-run', 'layers prune --grace 0'],
  statuses: { ...READS, [ExitStatus.failed]: 'an image of the store cannot be read' },
  load: async () => (await import('../../commands/prune.js')).prune,
};

const STORE: CommandRecord = {
  name: 'store',
  summary: 'Check every blob of the store, or print the path of the store',
  arguments: [
    {
      name: '<ACTION>',
      summary: 'check (compare every blob with its digest) or path',
      choices: ['check', 'path'],
    },
  ],
  options: [BYTES, NO_TRUNC],
  examples: ['layers store check', 'layers store path'],
  statuses: { ...READS, [ExitStatus.failed]: 'the check failed' },
  load: async () => (await import('../../commands/store.js')).store,
};

/** The commands that show and clean up the local store. */
export const LOCAL_STORE: CommandGroup = {
  title: 'Local store ($LAYERS_STORE):',
  commands: [IMAGES, TAG, RMI, PRUNE, STORE],
};
