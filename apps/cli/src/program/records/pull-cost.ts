import { SHOWS } from '../help.js';
import { BYTES, IMAGE_OPTIONS, JSONL, NO_TRUNC, REGISTRY_OPTIONS, rowsFormat } from '../options.js';
import type { CommandRecord } from '../record.js';

export const PULL_COST: CommandRecord = {
  name: 'pull-cost',
  otherNames: ['update-cost'],
  summary: 'Show what a host that has one image transfers to get the next one',
  arguments: [
    {
      name: '<A>',
      summary: 'the old image: an archive, an OCI layout, docker://NAME, or an image of the store',
    },
    { name: '<B...>', summary: 'the new image; further ones are later versions' },
  ],
  options: [
    { flags: '--gzip', summary: 'compress uncompressed layers, to learn their sizes in a registry' },
    {
      flags: '--layers',
      summary: 'also read the layers of images in a registry (read by default elsewhere)',
    },
    rowsFormat('pull-cost', 'update', 'Fetched'),
    ...IMAGE_OPTIONS,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: [
    'layers pull-cost app-1.tar app-2.tar',
    "layers pull-cost --json app-1.tar app-2.tar | jq '.updates[].totals'",
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/pull-cost.js')).pullCost,
};
