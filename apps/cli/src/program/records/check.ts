import { ExitStatus } from '../../exit-status.js';
import { READS } from '../help.js';
import {
  BASE,
  BYTES,
  documentFormat,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  NO_CACHE,
  NO_TRUNC,
  REGISTRY_OPTIONS,
} from '../options.js';
import type { CommandRecord, OptionRecord } from '../record.js';
import { CHECK_REPORT_OPTIONS } from './check-reports.js';

/** The words of dive that switch a budget off. */
function diveWord(text: string): string {
  return ['disabled', 'false'].includes(text.toLowerCase()) ? 'off' : text;
}

/** Limits that fail. */
const LIMITS: readonly OptionRecord[] = [
  {
    flags: '--min-efficiency <SHARE>',
    summary: 'fail if less of the content is used: 0.95, 95% (0.9 without any budget)',
    otherNames: ['--lowestEfficiency'],
    parseOther: diveWord,
  },
  {
    flags: '--max-wasted <SIZE>',
    summary: 'fail if more bytes are wasted: 500, 10k, 1.5M, 1MiB',
    otherNames: ['--highestWastedBytes'],
    parseOther: diveWord,
  },
  {
    flags: '--max-wasted-share <SHARE>',
    summary: 'fail if a larger share is wasted (0.1 without any budget)',
    otherNames: ['--highestUserWastedPercent'],
    parseOther: diveWord,
  },
  { flags: '--max-stored-size <SIZE>', summary: 'fail if the layers as stored are larger' },
  { flags: '--max-content-size <SIZE>', summary: 'fail if the files of all layers are larger' },
  { flags: '--max-layers <N>', summary: 'fail if there are more layers' },
  { flags: '--max-layer-size <SIZE>', summary: 'fail if the files of one layer are larger' },
  { flags: '--max-added-size <SIZE>', summary: 'fail if the layers above --base add more' },
  { flags: '--max-growth <SIZE>', summary: 'fail if the image is larger than --against by more: 10M, 5%' },
  { flags: '--max-junk <SIZE>', summary: 'fail if caches, .git and temporary files are larger' },
  {
    flags: '--forbid <GLOB>',
    summary: "fail if a layer has such a path: '*.pem', '/root/**' (repeatable)",
    repeatable: true,
  },
  { flags: '--forbid-secrets', summary: 'fail if there are keys, tokens or passwords' },
  { flags: '--forbid-setuid', summary: 'fail if files have setuid, setgid or capabilities' },
  { flags: '--forbid-root', summary: 'fail if containers run as root' },
  {
    flags: '--require-label <NAME>',
    summary: 'fail without this label, or NAME=REGEXP (repeatable)',
    repeatable: true,
  },
];

/** `layers check`. */
export const CHECK_IMAGE: CommandRecord = {
  name: 'check',
  otherNames: ['ci', 'gate', 'budget'],
  summary: 'Check an image against budgets, for pipelines: fail if it is too wasteful or grows',
  arguments: [IMAGE_ARGUMENT],
  options: [
    ...LIMITS,
    {
      flags: '--warn <RULE=LIMIT>',
      summary: 'warn only: wasted-bytes=10M, layers=20, secrets (repeatable)',
      repeatable: true,
    },
    {
      flags: '--skip <RULE>',
      summary: 'do not check a rule, also where a file has its limit (repeatable)',
      repeatable: true,
    },
    { flags: '--floor <SIZE>', summary: 'ignore shares of fewer bytes than this' },
    { flags: '--strict', summary: 'also fail if there are warnings' },
    BASE,
    {
      flags: '--against <IMAGE>',
      summary: 'compare with this image, or with a saved JSON of check or inspect',
    },
    { flags: '--config <FILE>', summary: 'read budgets from this file (default: .layers.yaml)' },
    { flags: '--ci-config <FILE>', summary: 'read budgets of dive from this file (default: .dive-ci)' },
    {
      flags: '--metrics <KIND>',
      summary: 'compare budgets of waste with the metrics of layers (default) or dive',
      choices: ['layers', 'dive'],
    },
    ...CHECK_REPORT_OPTIONS,
    documentFormat('check', 'verdict'),
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
  ],
  examples: [
    'layers check app.tar',
    'layers check --max-wasted 20MB --warn wasted-bytes=5MB app.tar',
    'layers check --base base.tar --max-added-size 50MB app.tar',
    'layers check --against app-1.tar --max-growth 5% app-2.tar',
    "layers check --forbid '*.pem' --forbid-root app.tar",
    'layers check --json app.tar | jq .verdict',
    'layers check --max-wasted 20MB --github --markdown comment.md app.tar',
    'layers check --metrics dive --max-wasted 20MB app.tar',
  ],
  statuses: {
    ...READS,
    [ExitStatus.done]: 'every budget is kept; there may be warnings',
    [ExitStatus.failed]: 'a budget is not kept (--strict: or warns), or the image is damaged',
  },
  load: async () => (await import('../../commands/check.js')).check,
};
