import { ExitStatus } from '../../exit-status.js';
import { IGNORABLE, SECTIONS } from '../diff-words.js';
import { READS } from '../help.js';
import { BYTES, IMAGE_TEXT, JSONL, NO_TRUNC, parseNumber, wholeNumber } from '../options.js';
import type { CommandRecord, OptionRecord } from '../record.js';

/** The position below the first layer: no layer at all. */
const NO_LAYER = -1;

export const DIFF: CommandRecord = {
  name: 'diff',
  imageNames: ['diff'],
  summary: 'Compare two images: files, layers, config, history, packages',
  arguments: [
    { name: '<A>', summary: `the old image: ${IMAGE_TEXT}` },
    { name: '[B]', summary: 'the new image (default: another image, or other layers, of A)' },
  ],
  options: [
    {
      flags: '--image <REF>',
      summary: 'select an image of A, and of B if it has several: a tag, an id prefix, or #2',
    },
    { flags: '--image-b <REF>', summary: 'select an image of B' },
    { flags: '--platform <OS/ARCH>', summary: 'select a platform of both images: os/arch[/variant]' },
    { flags: '--platform-b <OS/ARCH>', summary: 'select another platform of B' },
    layerOption('--layer-a', 'A'),
    layerOption('--layer-b', 'B'),
    {
      flags: '--only <LIST>',
      summary: `compare only some of ${SECTIONS.join(', ')}`,
      choices: SECTIONS,
      isList: true,
    },
    {
      flags: '--include <GLOB>',
      summary: 'compare only paths that match, and paths below them; may be repeated',
      repeatable: true,
    },
    {
      flags: '--exclude <GLOB>',
      summary: 'skip paths that match, and paths below them; may be repeated',
      repeatable: true,
    },
    { flags: '--mtime', summary: 'compare modification times' },
    { flags: '--hardlinks', summary: 'compare hard links' },
    {
      flags: '--ignore <LIST>',
      summary: `ignore differences of ${IGNORABLE.join(', ')}`,
      choices: IGNORABLE,
      isList: true,
    },
    {
      flags: '--reproducible',
      summary: 'ignore differences that two builds of the same sources can have',
    },
    { flags: '--verify', summary: 'compute every digest; do not trust declared ones' },
    {
      flags: '--top <N>',
      summary: 'list N changes of each kind (default: 20)',
      parse: wholeNumber,
      defaultValue: 20,
    },
    { flags: '--patch', summary: 'print the changes of text files, for patch -p1' },
    { flags: '-N, --new-file', summary: 'add files that only one image has to --patch' },
    {
      flags: '--format <FORM>',
      summary: 'print lines as docker diff does: docker',
      choices: ['docker'],
      conflicts: ['json', 'jsonl', 'patch', 'mtime', 'hardlinks', 'ignore', 'reproducible'],
    },
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
  statuses: { ...READS, [ExitStatus.failed]: 'the images differ, or one is damaged' },
  load: async () => (await import('../../commands/diff.js')).diff,
};

function layerOption(name: string, image: string): OptionRecord {
  return {
    flags: `${name} <N>`,
    summary: `compare the layers of ${image} up to position N, from 0, or none`,
    parse: (text) =>
      text === 'none' ? NO_LAYER : parseNumber(text, 'It must be a whole number from 0, or none.'),
  };
}
