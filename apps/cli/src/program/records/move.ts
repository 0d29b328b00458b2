import { ExitStatus } from '../../exit-status.js';
import { READS, WRITES } from '../help.js';
import {
  BYTES,
  FORCE,
  FORCE_DAMAGED,
  FORMAT,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  LAYER,
  NO_CACHE,
  PLATFORM,
  REGISTRY_OPTIONS,
  REGISTRY_TARGET_OPTIONS,
} from '../options.js';
import type { CommandGroup, CommandRecord, OptionRecord } from '../record.js';
import { COPY, PULL, PUSH } from './transfer.js';

const LOAD: CommandRecord = {
  name: 'load',
  imageNames: ['load'],
  summary: 'Load images from an archive into the local store',
  arguments: [
    { name: '[FILE]', summary: 'an archive, an OCI layout or docker-daemon:REF (default: standard input)' },
  ],
  options: [
    {
      flags: '-i, --input <FILE>',
      summary: 'name FILE as docker does',
    },
    { flags: '--all', summary: 'load all images of the archive (the default)', conflicts: ['image'] },
    {
      flags: '--compress <KIND>',
      summary: 'compress uncompressed layers: gzip or zstd (default: keep layers as they are)',
      choices: ['gzip', 'zstd'],
    },
    { flags: '--to <TRANSPORT>', summary: 'load into a Docker Engine: docker-daemon (default: the store)' },
    ...IMAGE_OPTIONS,
  ],
  examples: [
    'layers load app.tar.gz',
    'docker save app | layers load',
    'layers load -i oci:layout --image app:1.0',
    'layers load -i app.tar --to docker-daemon',
  ],
  statuses: { ...WRITES, [ExitStatus.failed]: 'an image is unreadable; the others are loaded' },
  load: async () => (await import('../../commands/load.js')).load,
};

const SAVE: CommandRecord = {
  name: 'save',
  imageNames: ['save'],
  summary: 'Save images of the store to one archive, or one to a registry',
  arguments: [
    {
      name: '<REF...>',
      summary: 'images in the store, by name or id; a name without a tag means all its tags',
    },
  ],
  options: [
    {
      flags: '-o, --output <FILE>',
      summary: 'write to a file, - (standard output, the default), oci:DIR or docker://NAME',
    },
    FORMAT,
    {
      flags: '--compress <KIND>',
      summary: 'compress the archive: none, gzip or zstd (default: by its name, .tar.gz or .tar.zst)',
      choices: ['none', 'gzip', 'zstd'],
    },
    FORCE,
    PLATFORM,
    ...REGISTRY_TARGET_OPTIONS,
    BYTES,
  ],
  examples: [
    'layers save -o images.tar.gz app busybox',
    'layers save app:1.0 | ssh host docker load',
    'layers save docker-daemon:nginx -o nginx.tar',
    'layers save app:1.0 -o docker://registry.example/app:1.0',
  ],
  statuses: WRITES,
  load: async () => (await import('../../commands/save.js')).save,
};

const IMPORT: CommandRecord = {
  name: 'import',
  imageNames: ['import'],
  summary: 'Import the tar of a root file system as an image of one layer',
  arguments: [
    {
      name: '<FILE>',
      summary: 'a tar, also compressed (gzip, zstd, xz, bzip2); - for standard input',
    },
    { name: '[REF]', summary: 'the name of the new image' },
  ],
  options: [
    {
      flags: '-c, --change <INSTRUCTION>',
      summary: 'apply a Dockerfile instruction: CMD, ENV, … (repeatable)',
      repeatable: true,
    },
    { flags: '-o, --output <NAME>', summary: 'write docker://NAME to a registry (default: the store)' },
    { flags: '-m, --message <TEXT>', summary: 'add a comment to the history' },
    { flags: '--platform <OS/ARCH>', summary: 'set the platform of the image (default: this machine)' },
    {
      flags: '--compress <KIND>',
      summary: 'compress the layer: gzip or zstd (default: uncompressed)',
      choices: ['gzip', 'zstd'],
    },
    ...REGISTRY_TARGET_OPTIONS,
  ],
  examples: [
    'layers import rootfs.tar app:1.0',
    'layers import rootfs.tar -o docker://registry.example/app:1.0',
    `docker export app | layers import -c 'CMD ["/app"]' -m copied - app:1.0`,
  ],
  statuses: { ...READS, [ExitStatus.failed]: 'the tar is damaged; what can be read is imported' },
  load: async () => (await import('../../commands/import.js')).importImage,
};

const AFTER_LAYER: OptionRecord = {
  ...LAYER,
  summary: 'write the file system as it is after this layer: 0 is the lowest; or a DiffID',
};

const EXPORT: CommandRecord = {
  name: 'export',
  summary: 'Write the merged root file system as one tar',
  arguments: [IMAGE_ARGUMENT],
  options: [
    { flags: '-o, --output <FILE>', summary: 'write the tar to a file (default: standard output)' },
    FORCE,
    FORCE_DAMAGED,
    AFTER_LAYER,
    ...IMAGE_OPTIONS,
    ...REGISTRY_OPTIONS,
    BYTES,
  ],
  examples: [
    'layers export app.tar -o rootfs.tar',
    'layers export app.tar | tar tv',
    'layers export --layer 0 app.tar -o base.tar',
  ],
  statuses: WRITES,
  load: async () => (await import('../../commands/export.js')).exportImage,
};

const EXTRACT: CommandRecord = {
  name: 'extract',
  otherNames: ['unpack', 'mount', 'image mount'],
  summary: 'Extract the merged root file system to a directory',
  arguments: [
    IMAGE_ARGUMENT,
    { name: '<DIR>', summary: 'the directory to create, or an empty one' },
    { name: '[PATH...]', summary: 'extract only these paths, with everything below them' },
  ],
  options: [
    { flags: '--force', summary: 'extract into a directory with files, and replace them' },
    FORCE_DAMAGED,
    AFTER_LAYER,
    { flags: '--same-owner', summary: 'restore owners (default for root)' },
    { flags: '--no-same-owner', summary: 'make yourself the owner (default for other users)' },
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
  ],
  examples: [
    'layers extract app.tar tree/',
    'layers extract app.tar out/ /etc /usr/bin',
    'layers extract --layer 0 app.tar back/ /var/log',
  ],
  statuses: { ...READS, [ExitStatus.failed]: 'not everything could be extracted, or the image is damaged' },
  load: async () => (await import('../../commands/extract.js')).extract,
};

/** The commands that bring images in and out of the store, and write root file systems. */
export const MOVE: CommandGroup = {
  title: 'Move:',
  commands: [PULL, PUSH, COPY, LOAD, SAVE, IMPORT, EXPORT, EXTRACT],
};
