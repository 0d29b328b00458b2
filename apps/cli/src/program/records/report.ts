import { SHOWS } from '../help.js';
import { BASE, FORCE, IMAGE_OPTIONS, IMAGE_TEXT, NO_CACHE, REGISTRY_OPTIONS } from '../options.js';
import type { CommandRecord } from '../record.js';

/** `layers report`. */
export const REPORT: CommandRecord = {
  name: 'report',
  otherNames: ['html', 'treemap', 'viz'],
  summary: 'Write a page that shows where the bytes are, to open in a browser and to share',
  arguments: [
    {
      name: '[IMAGE]',
      summary: `the image, or the old one of two: ${IMAGE_TEXT}; required without --fleet`,
    },
    { name: '[B]', summary: 'the new image: the page shows what differs' },
  ],
  options: [
    {
      flags: '-o, --output <FILE>',
      summary: 'write the page to a file, or - for standard output (the default)',
    },
    {
      flags: '-f, --format <FORM>',
      summary: 'write html (the default), or markdown for a pull request or a wiki',
      choices: ['html', 'markdown'],
    },
    {
      flags: '--fleet <DIR>',
      summary: 'write the page about a fleet that layers fleet scan wrote',
      conflicts: ['base', 'image', 'platform', 'imageB', 'platformB'],
    },
    FORCE,
    { flags: '--show-values', summary: 'show values of the environment and of the history' },
    BASE,
    ...IMAGE_OPTIONS,
    { flags: '--image-b <REF>', summary: 'select an image of B' },
    { flags: '--platform-b <OS/ARCH>', summary: 'select a platform of B, if it differs' },
    NO_CACHE,
    ...REGISTRY_OPTIONS,
  ],
  global: { json: false },
  examples: [
    'layers report -o report.html app.tar',
    'layers report -o changes.html app-1.tar app-2.tar',
    'layers report --format markdown app-1.tar app-2.tar',
    'layers report --base base.tar -o report.html app.tar',
    'layers report --fleet fleet -o fleet.html',
    'layers report app.tar > report.html',
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/report.js')).report,
};
