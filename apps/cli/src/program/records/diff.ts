import { ExitStatus } from '../../exit-status.js';
import { IGNORABLE, SECTIONS } from '../../flags/diff-words.js';
import { layerWord } from '../../flags/layer-flag.js';
import { READS } from '../help.js';
import {
  BYTES,
  IMAGE_TEXT,
  JSONL,
  NO_CACHE,
  NO_TRUNC,
  REGISTRY_OPTIONS,
  templateOf,
  wholeNumber,
} from '../options.js';
import type { CommandRecord, OptionRecord } from '../record.js';

export const DIFF: CommandRecord = {
  name: 'diff',
  imageNames: ['diff'],
  otherNames: ['compare'],
  summary: 'Compare two images: files, layers, config, history, packages',
  arguments: [
    { name: '<A>', summary: `the old image: ${IMAGE_TEXT}` },
    { name: '[B]', summary: 'the new image (default: A, with --image-b or --layer-b)' },
  ],
  options: [
    {
      flags: '--image <REF>',
      summary: 'select an image of A, and of B if it has several: tag, id prefix or position (#2)',
    },
    { flags: '--image-b <REF>', summary: 'select an image of B' },
    { flags: '--platform <OS/ARCH>', summary: 'select a platform of both images: os/arch[/variant]' },
    { flags: '--platform-b <OS/ARCH>', summary: 'select a platform of B, if it differs' },
    layerOption('--layer-a', 'A'),
    layerOption('--layer-b', 'B'),
    {
      flags: '--only <LIST>',
      summary: `compare only: ${SECTIONS.join(', ')} (comma-separated)`,
      choices: SECTIONS,
      isList: true,
    },
    {
      flags: '--include <GLOB>',
      summary: 'compare only matching paths, and paths below them (repeatable)',
      repeatable: true,
    },
    {
      flags: '--exclude <GLOB>',
      summary: 'skip matching paths, and paths below them (repeatable)',
      repeatable: true,
    },
    { flags: '--mtime', summary: 'compare modification times' },
    { flags: '--hardlinks', summary: 'compare hard links' },
    {
      flags: '--ignore <LIST>',
      summary: `ignore: ${IGNORABLE.join(', ')} (comma-separated)`,
      choices: IGNORABLE,
      isList: true,
    },
    {
      flags: '--reproducible',
      summary: 'ignore what differs between builds of the same sources',
    },
    NO_CACHE,
    { flags: '--verify', summary: 'compute all digests, and trust no declared one' },
    {
      flags: '--top <N>',
      summary: 'list N changes of each kind (default: 20)',
      parse: wholeNumber,
      defaultValue: 20,
    },
    { flags: '--patch', summary: 'print changes of text files as a patch, for patch -p1' },
    { flags: '-N, --new-file', summary: 'include files of only one image in --patch' },
    {
      flags: '-f, --format <FORM>',
      summary:
        "print the format of docker diff: docker; or a template over the document of --json: '{{.identical}}'; or json",
      words: ['docker', 'json'],
      parse: (text) => (text === 'docker' ? text : templateOf(text, 'diff', ['docker'])),
      conflicts: ['json', 'jsonl', 'patch'],
    },
    {
      flags: '--pull-cost',
      summary: 'show what a host that has A transfers to get B, as layers pull-cost does',
      conflicts: [
        ...['imageB', 'platformB', 'layerA', 'layerB', 'only', 'include', 'exclude', 'mtime', 'hardlinks'],
        ...['ignore', 'reproducible', 'verify', 'patch', 'newFile', 'format'],
      ],
    },
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: [
    'layers diff app-1.tar app-2.tar',
    'layers diff --patch --include /etc app-1.tar app-2.tar',
    'layers diff --layer-a 1 --layer-b 3 app.tar',
    'layers diff --image app:1 --image-b app:2 both.tar',
    'layers diff --reproducible build-1.tar build-2.tar',
  ],
  statuses: {
    ...READS,
    [ExitStatus.done]: 'the images do not differ, or --pull-cost',
    [ExitStatus.failed]: 'the images differ, or one is damaged',
  },
  load: async () => (await import('../../commands/diff.js')).diff,
};

function layerOption(name: string, image: string): OptionRecord {
  return {
    flags: `${name} <N>`,
    summary: `compare ${image} up to layer N: 0 is the lowest; or the start of a DiffID, or none`,
    parse: (text) => (text === 'none' ? text : layerWord(text)),
  };
}
