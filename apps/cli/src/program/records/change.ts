import { ExitStatus } from '../../exit-status.js';
import { layerWord } from '../../flags/layer-flag.js';
import { READS, WRITES } from '../help.js';
import {
  ALL_PLATFORMS,
  ALL_TAGS,
  BYTES,
  CHECK,
  COMPRESSION_OPTIONS,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  IMAGE_TEXT,
  NO_TRUNC,
  OUTPUT_OPTIONS,
  REGISTRY_OPTIONS,
  TAG,
  wholeNumber,
} from '../options.js';
import type { CommandGroup, CommandRecord } from '../record.js';
import { CONFIG_OPTIONS } from './config.js';

const CHECKED: CommandRecord['statuses'] = {
  ...READS,
  [ExitStatus.failed]: '--check found a different root file system, or the image is damaged',
};

const SQUASH: CommandRecord = {
  name: 'squash',
  otherNames: ['flatten', 'merge'],
  summary: 'Merge layers into one; the root file system stays the same',
  arguments: [IMAGE_ARGUMENT],
  options: [
    {
      flags: '--last <N>',
      summary: 'merge the N highest layers (default: all layers)',
      parse: wholeNumber,
      conflicts: ['from', 'to'],
    },
    {
      flags: '--from <N>',
      summary: 'merge from layer N: 0 is the lowest; or the start of its DiffID',
      parse: layerWord,
    },
    { flags: '--to <N>', summary: 'merge up to layer N, or the start of its DiffID', parse: layerWord },
    { flags: '-m, --message <TEXT>', summary: 'set the comment in the history' },
    ...OUTPUT_OPTIONS,
    ...REGISTRY_OPTIONS,
    TAG,
    ALL_TAGS,
    ...COMPRESSION_OPTIONS,
    CHECK,
    ...IMAGE_OPTIONS,
    ALL_PLATFORMS,
    BYTES,
    NO_TRUNC,
  ],
  examples: [
    'layers squash app.tar -o small.tar',
    'layers squash --last 3 app.tar -o app-squashed.tar',
    'layers squash --from 1 --to 4 --check app.tar -o app-merged.tar',
  ],
  statuses: CHECKED,
  load: async () => (await import('../../commands/squash.js')).squash,
};

const REPACK: CommandRecord = {
  name: 'repack',
  otherNames: ['convert', 'recompress', 'optimize'],
  summary: 'Change the format or compression of images, or remove waste',
  arguments: [{ name: '<IMAGE...>', summary: IMAGE_TEXT }],
  options: [
    { flags: '--all', summary: 'rewrite all images of each archive' },
    { flags: '--drop-waste', summary: 'leave out wasted files; the layers stay separate' },
    {
      flags: '--reproducible',
      summary: 'normalize order, times and builder, so that builds of the same files are equal',
    },
    ...OUTPUT_OPTIONS,
    ...REGISTRY_OPTIONS,
    TAG,
    ALL_TAGS,
    ...COMPRESSION_OPTIONS,
    CHECK,
    ...IMAGE_OPTIONS,
    ALL_PLATFORMS,
    BYTES,
    NO_TRUNC,
  ],
  examples: [
    'layers repack --compression zstd app.tar -o app-zstd.tar',
    'layers repack --drop-waste --check app.tar -o lean.tar',
    'layers repack --reproducible app.tar -o same.tar',
    'layers repack app.tar -o oci:app-layout',
    'layers repack a.tar b.tar -o both.tar',
  ],
  statuses: CHECKED,
  load: async () => (await import('../../commands/repack.js')).repack,
};

const RECHUNK: CommandRecord = {
  name: 'rechunk',
  otherNames: ['chunk'],
  summary: 'Distribute files to layers so that updates transfer less',
  arguments: [IMAGE_ARGUMENT],
  options: [
    {
      flags: '--max-layers <N>',
      summary: 'make at most N layers, kept ones included (default: 64)',
      parse: wholeNumber,
    },
    {
      flags: '--previous <IMAGE>',
      summary: 'learn from an earlier version what changes; the oldest first (repeatable)',
      repeatable: true,
    },
    {
      flags: '--from <N>',
      summary: 'keep the layers below layer N, or below the start of its DiffID',
      parse: layerWord,
    },
    {
      flags: '--reproducible',
      summary: 'limit times, so that times of builds do not make every layer new',
    },
    ...OUTPUT_OPTIONS,
    ...REGISTRY_OPTIONS,
    TAG,
    ALL_TAGS,
    ...COMPRESSION_OPTIONS,
    CHECK,
    ...IMAGE_OPTIONS,
    ALL_PLATFORMS,
    BYTES,
    NO_TRUNC,
  ],
  examples: [
    'layers rechunk app.tar -o app-chunks.tar',
    'layers rechunk --previous app-1.tar --check app-2.tar -o app-2-chunks.tar',
    'layers rechunk --from 1 --max-layers 32 app.tar -o app-32.tar',
  ],
  statuses: CHECKED,
  load: async () => (await import('../../commands/rechunk.js')).rechunk,
};

const APPEND: CommandRecord = {
  name: 'append',
  otherNames: ['insert', 'add'],
  summary: 'Add a layer with files, or a layer that deletes files',
  arguments: [IMAGE_ARGUMENT],
  options: [
    {
      flags: '--add <SOURCE[:/DEST]>',
      summary: 'add a directory, the files of a tar, or a file; - is a tar on standard input (repeatable)',
      repeatable: true,
    },
    {
      flags: '--delete <PATH>',
      summary: 'delete a path of the image, or all that match a pattern such as /var/log/* (repeatable)',
      repeatable: true,
    },
    { flags: '--diff', summary: 'add only files that differ, and delete files below DEST that SOURCE lacks' },
    {
      flags: '--chown <UID:GID>',
      summary: 'set the owner of added files, or keep (default: 0:0; for a tar keep)',
    },
    { flags: '--chmod <MODE>', summary: 'set the mode of added files, in octal' },
    {
      flags: '--mtime <SECONDS>',
      summary: 'set the time of added files, in seconds since 1970',
      parse: wholeNumber,
    },
    { flags: '-m, --message <TEXT>', summary: 'add a comment to the history' },
    ...OUTPUT_OPTIONS,
    ...REGISTRY_OPTIONS,
    TAG,
    ALL_TAGS,
    ...COMPRESSION_OPTIONS,
    ...IMAGE_OPTIONS,
    ALL_PLATFORMS,
    BYTES,
    NO_TRUNC,
  ],
  examples: [
    'layers append app.tar --add dist:/srv/www -o new.tar',
    'layers append app.tar --add patch.tar --delete /etc/motd -o patched.tar',
    'layers append app.tar --diff --add rootfs:/ -o rebuilt.tar',
    "layers append app.tar --delete '/var/cache/*' -o clean.tar",
  ],
  statuses: WRITES,
  load: async () => (await import('../../commands/append.js')).append,
};

const CONFIG: CommandRecord = {
  name: 'config',
  otherNames: ['mutate'],
  summary: 'Show the config, or change environment, labels, ports, command, user, …',
  arguments: [IMAGE_ARGUMENT],
  options: [
    ...CONFIG_OPTIONS,
    ...OUTPUT_OPTIONS,
    ...REGISTRY_OPTIONS,
    TAG,
    ALL_TAGS,
    CHECK,
    ...IMAGE_OPTIONS,
    ALL_PLATFORMS,
    BYTES,
    NO_TRUNC,
  ],
  examples: [
    'layers config app.tar',
    'layers config app.tar --set-env TZ=UTC --unset-env DEBUG -o new.tar',
    'layers config app.tar --unset-volume /data --unexpose 8080 -o lean.tar',
    `layers config app.tar --entrypoint '["/app"]' --user 1000 -o run.tar`,
  ],
  statuses: CHECKED,
  load: async () => (await import('../../commands/config.js')).config,
};

/** The commands that write another image. */
export const CHANGE: CommandGroup = {
  title: 'Change (IMAGE -> -o OUT; the input is never modified):',
  commands: [SQUASH, REPACK, RECHUNK, APPEND, CONFIG],
};
