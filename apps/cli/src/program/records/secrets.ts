import { ExitStatus } from '../../exit-status.js';
import { READS } from '../help.js';
import {
  BYTES,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  JSONL,
  NO_CACHE,
  NO_TRUNC,
  REGISTRY_OPTIONS,
  rowsFormat,
} from '../options.js';
import type { CommandRecord } from '../record.js';

/** `layers secrets`. */
export const SECRETS: CommandRecord = {
  name: 'secrets',
  otherNames: ['gitleaks', 'trufflehog'],
  summary: 'Find keys, tokens and passwords in all layers, the config and the history',
  arguments: [IMAGE_ARGUMENT],
  options: [
    { flags: '--rules <FILE>', summary: 'use the rules of a TOML file in the format of gitleaks' },
    { flags: '--baseline <FILE>', summary: 'list only secrets that an earlier run with --json did not list' },
    {
      flags: '--severity <LEVEL>',
      summary: 'list secrets of this severity and above: error, warning (the default) or note',
      choices: ['error', 'warning', 'note'],
      conflicts: ['all'],
    },
    { flags: '--all', summary: 'list all: also those in packages, and password hashes' },
    rowsFormat('secrets', 'secret', 'Rule'),
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: [
    'layers secrets app.tar',
    'layers secrets --json app.tar > baseline.json',
    'layers secrets --baseline baseline.json app.tar',
  ],
  statuses: {
    ...READS,
    [ExitStatus.done]: 'no secret was found',
    [ExitStatus.failed]: 'secrets were found, or the image is damaged',
  },
  load: async () => (await import('../../commands/secrets.js')).secrets,
};
