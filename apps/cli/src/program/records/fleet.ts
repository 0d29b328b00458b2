import { ExitStatus } from '../../exit-status.js';
import { JSONL, NO_CACHE, NO_TRUNC, parseNumber } from '../options.js';
import type { CommandGroup, CommandRecord } from '../record.js';

const FLEET_COMMAND: CommandRecord = {
  name: 'fleet',
  summary: 'Answer questions about many images together, with SQL',
  arguments: [
    {
      name: '<ACTION>',
      summary: 'scan (reads images), sql (runs a query) or schema (lists the tables)',
      choices: ['scan', 'sql', 'schema'],
    },
    {
      name: '[ARGUMENT...]',
      summary: 'of scan: archives, layouts, folders of them, store:; of sql: a query',
    },
  ],
  options: [
    {
      flags: '--fleet <DIR>',
      summary: 'use the fleet in this folder (default: fleet)',
      defaultValue: 'fleet',
    },
    { flags: '--from <FILE>', summary: 'also scan the names in a file, or - for standard input, one a line' },
    {
      flags: '--jobs <N>',
      summary: 'read N images at once (default: one for each processor)',
      parse: (text) => Math.max(1, parseNumber(text, 'It must be a whole number from 1.')),
    },
    { flags: '--csv', summary: 'print rows as CSV', conflicts: ['json', 'jsonl'] },
    JSONL,
    NO_TRUNC,
    NO_CACHE,
  ],
  examples: [
    'layers fleet scan app-1.tar app-2.tar',
    "layers fleet sql 'SELECT tag, files FROM images JOIN tags USING (image)'",
    "layers fleet sql --csv 'FROM packages' > packages.csv",
    'layers fleet schema',
  ],
  statuses: {
    [ExitStatus.failed]: 'some images cannot be read; the others are scanned',
    [ExitStatus.input]: 'the fleet cannot be read, or @layers/fleet is not installed',
  },
  load: async () => (await import('../../commands/fleet.js')).fleet,
};

/** The commands about many images. */
export const FLEET: CommandGroup = { title: 'Many images:', commands: [FLEET_COMMAND] };
