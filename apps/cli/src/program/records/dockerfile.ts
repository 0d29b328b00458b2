import { SHOWS } from '../help.js';
import { documentFormat, IMAGE_ARGUMENT, IMAGE_OPTIONS, NO_CACHE, REGISTRY_OPTIONS } from '../options.js';
import type { CommandRecord } from '../record.js';

export const DOCKERFILE: CommandRecord = {
  name: 'dockerfile',
  otherNames: ['dfimage', 'dedockify'],
  summary: 'Write a Dockerfile for an image, from its history and its config',
  arguments: [IMAGE_ARGUMENT],
  options: [
    { flags: '--base <IMAGE>', summary: 'begin with this image, which the image was built on' },
    {
      flags: '--layers',
      summary: 'also read the layers of an image in a registry (read by default elsewhere)',
    },
    documentFormat('dockerfile', 'corrections'),
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    'layers dockerfile app.tar > Dockerfile',
    'layers dockerfile --base base.tar app.tar',
    'layers dockerfile --json app.tar | jq .corrections',
  ],
  statuses: SHOWS,
  load: async () => (await import('../../commands/dockerfile.js')).dockerfile,
};
