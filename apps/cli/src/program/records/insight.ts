import { SHOWS } from '../help.js';
import {
  BYTES,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  JSONL,
  NO_TRUNC,
  REGISTRY_OPTIONS,
  wholeNumber,
} from '../options.js';
import type { CommandRecord } from '../record.js';

const DUPLICATES: CommandRecord = {
  name: 'duplicates',
  otherNames: ['dupes', 'fdupes', 'dedupe'],
  summary: 'List files with the same content, and the bytes that one copy would save',
  arguments: [IMAGE_ARGUMENT],
  options: [
    { flags: '--top <N>', summary: 'list the N contents with the most savable bytes', parse: wholeNumber },
    { flags: '--min-size <SIZE>', summary: 'ignore smaller files: 500, 10k, 1.5M, 1MiB' },
    ...IMAGE_OPTIONS,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: ['layers duplicates app.tar', 'layers duplicates --min-size 1M --json app.tar | jq .totals'],
  statuses: SHOWS,
  load: async () => (await import('../../commands/duplicates.js')).duplicates,
};

/** The commands of `@layers/insight`. */
export const INSIGHT: readonly CommandRecord[] = [DUPLICATES];
