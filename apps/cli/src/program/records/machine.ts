import { InvalidArgumentError } from 'commander';
import { ExitStatus } from '../../exit-status.js';
import { READS } from '../help.js';
import {
  BYTES,
  documentFormat,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  NO_TRUNC,
  REGISTRY_OPTIONS,
  wholeNumber,
} from '../options.js';
import type { CommandGroup, CommandRecord } from '../record.js';

const BENCH: CommandRecord = {
  name: 'bench',
  summary: 'Measure how fast this machine reads and extracts an image',
  arguments: [IMAGE_ARGUMENT],
  options: [
    {
      flags: '--runs <N>',
      summary: 'run each stage N times, use the fastest (default: 10)',
      parse: runs,
      defaultValue: 10,
    },
    {
      flags: '--max-seconds <N>',
      summary: 'stop repeating a stage after N seconds (default: 5)',
      parse: wholeNumber,
      defaultValue: 5,
    },
    { flags: '--no-extract', summary: 'skip stages that write to the directory $TMPDIR' },
    documentFormat('bench', 'machine.cpu'),
    ...IMAGE_OPTIONS,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
  ],
  examples: [
    'layers bench app.tar',
    'layers bench --no-extract --runs 1 app.tar',
    "layers bench --json app.tar | jq '.stages[] | {stage, seconds, ofLimit}'",
  ],
  statuses: { ...READS, [ExitStatus.failed]: 'the image is damaged' },
  load: async () => (await import('../../commands/bench.js')).bench,
};

const COMPLETION: CommandRecord = {
  name: 'completion',
  summary: 'Print a completion script for bash, zsh or fish',
  arguments: [{ name: '<SHELL>', summary: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] }],
  options: [],
  global: { json: false },
  examples: [
    'source <(layers completion bash)',
    'layers completion fish > ~/.config/fish/completions/layers.fish',
  ],
  statuses: {},
  load: async () => (await import('../../commands/completion.js')).completion,
};

const CACHE: CommandRecord = {
  name: 'cache',
  summary: 'Show or empty the cache of what was read of layers',
  arguments: [
    {
      name: '<ACTION>',
      summary: 'info (shows its place and size) or prune (empties it)',
      choices: ['info', 'prune'],
    },
  ],
  options: [
    documentFormat('cache', 'path'),
    { flags: '--unused <DURATION>', summary: 'delete only what was not used for: 12h, 7d (default: all)' },
    { flags: '--dry-run', summary: 'print what would be deleted, and delete nothing' },
    BYTES,
  ],
  examples: ['layers cache info', 'layers cache prune', 'layers cache prune --unused 30d'],
  statuses: {
    [ExitStatus.input]: 'the cache cannot be read',
    [ExitStatus.output]: 'a file of the cache cannot be deleted',
  },
  load: async () => (await import('../../commands/cache.js')).cache,
};

/** The commands about this machine and its shell. */
export const MACHINE: CommandGroup = { title: 'Machine:', commands: [BENCH, CACHE, COMPLETION] };

function runs(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}
