import { parseDuration as parseUnits } from '@layers/rewrite/dockerfile';
import { usageError } from '../command-error.js';

const SECONDS: ReadonlyMap<string, number> = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

/**
 * Parses a duration such as `90s`, `1h30m` or `7d`; a number without a unit counts seconds. Returns seconds. Throws
 * ERR_LAYERS_USAGE.
 */
export function parseDuration(text: string): number {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : parseUnits(text, SECONDS);
  if (seconds !== undefined) return seconds;
  throw usageError(`${JSON.stringify(text)} is not a duration`, 'write it as 30s, 10m, 1h30m or 7d');
}
