import { InvalidArgumentError } from 'commander';
import { ExitStatus } from '../../exit-status.js';
import { parseShard } from '../../flags/parse-shard.js';
import {
  BYTES,
  JSONL,
  NO_CACHE,
  NO_TRUNC,
  parseNumber,
  REGISTRY_OPTIONS,
  rowsFormat,
  wholeNumber,
} from '../options.js';
import type { CommandGroup, CommandRecord } from '../record.js';

/** The questions are those of @layers/fleet, which is not loaded for the help. */
const ACTIONS = [
  'scan',
  'merge',
  'enqueue',
  'worker',
  'summary',
  'top',
  'shared',
  'exclusive',
  'duplicates',
  'bases',
  'stale',
  'whatif',
  'timeline',
  'packages',
  'problems',
  'sql',
  'schema',
] as const;

const MOST_SAMPLE = 1_000_000;
const SAMPLE = 'It must be a whole number from 1 to 1000000.';

const FLEET_COMMAND: CommandRecord = {
  name: 'fleet',
  summary: 'Answer questions about many images together, with SQL',
  arguments: [
    {
      name: '<ACTION>',
      summary:
        'scan; merge (makes one fleet of several); enqueue and worker (scan through a queue); a question: summary, top, shared, exclusive, duplicates, bases, stale, whatif, timeline, packages or problems; sql (runs a query); schema (lists the tables)',
      choices: ACTIONS,
    },
    {
      name: '[ARGUMENT...]',
      summary:
        'of scan: archives, layouts, folders, store:, docker://HOST/PATTERN; of enqueue: the same; of merge: folders of fleets; of sql: a query; of exclusive: tags, with * for any characters; of timeline: a repository; of packages: a name',
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
    {
      flags: '--shard <I/N>',
      summary: 'scan only the I-th of N shares of the images, by digest; merge makes one fleet of all',
      parse: parseShard,
    },
    {
      flags: '--chunks',
      summary: 'also cut files into chunks, to see what sharing parts of files would save',
    },
    {
      flags: '--chunk-sample <N>',
      summary: 'keep one of N chunks (1: all; default: more than 1 for fleets of over 10 million chunks)',
      parse: (text) => {
        const oneIn = parseNumber(text, SAMPLE);
        if (oneIn < 1 || oneIn > MOST_SAMPLE) throw new InvalidArgumentError(SAMPLE);
        return oneIn;
      },
    },
    {
      flags: '--queue <URL>',
      summary: 'enqueue to, and work from, this queue: redis://HOST:PORT (default: LAYERS_QUEUE)',
    },
    { flags: '--until-empty', summary: 'end the worker when the queue is empty' },
    {
      flags: '--external-access',
      summary: 'let the query of sql read and write other files than those of the fleet',
    },
    { flags: '--csv', summary: 'print rows as CSV', conflicts: ['json', 'jsonl', 'format'] },
    rowsFormat('fleet', 'row', 'name'),
    {
      flags: '--top <N>',
      summary: 'print at most N rows of a question (default: 20; 0 for all)',
      parse: wholeNumber,
    },
    JSONL,
    BYTES,
    NO_TRUNC,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    'layers fleet scan app-1.tar app-2.tar',
    'layers fleet scan --shard 1/2 --fleet shard-1 app-1.tar app-2.tar',
    'layers fleet scan --shard 2/2 --fleet shard-2 app-1.tar app-2.tar',
    'layers fleet merge shard-1 shard-2',
    'layers fleet scan --chunks app-1.tar app-2.tar',
    'layers fleet whatif',
    "layers fleet sql 'SELECT tag, files FROM images JOIN tags USING (image)'",
    "layers fleet sql --csv 'FROM packages' > packages.csv",
    'layers fleet top',
    "layers fleet top --format '{{.name}} {{.stored_bytes}}'",
    'layers fleet exclusive app:1',
    'layers fleet timeline app',
    'layers fleet packages bramble 1.4',
  ],
  statuses: {
    [ExitStatus.failed]: 'some images cannot be read; the others are scanned',
    [ExitStatus.input]: 'the fleet cannot be read, or @layers/fleet is not installed',
  },
  load: async () => (await import('../../commands/fleet.js')).fleet,
};

/** The commands about many images. */
export const FLEET: CommandGroup = { title: 'Many images:', commands: [FLEET_COMMAND] };
