import type { DiveMetrics } from './dive-metrics.js';

/** The metrics as dive prints them, without the words around. */
export interface PrintedMetrics {
  /** In percent. */
  readonly efficiency: string;
  readonly wastedBytes: string;
  /** In percent. */
  readonly userWastedPercent: string;
}

/** Returns metrics as `dive --ci` prints them. */
export function printMetrics({
  efficiency,
  wastedBytes,
  userSizeBytes,
}: Pick<DiveMetrics, 'efficiency' | 'wastedBytes' | 'userSizeBytes'>): PrintedMetrics {
  return {
    efficiency: fixed(efficiency * 100),
    wastedBytes: String(wastedBytes),
    userWastedPercent: fixed((wastedBytes / userSizeBytes) * 100),
  };
}

const DECIMALS = 4;
/** As many as JavaScript prints: enough to see a number exactly in the middle of two. */
const ALL_DECIMALS = 100;

/** Returns a number as Go prints it with `%2.4f`. */
function fixed(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const rounded = value.toFixed(DECIMALS);
  const exact = value.toFixed(ALL_DECIMALS);
  const cut = exact.length - ALL_DECIMALS + DECIMALS;
  // Go rounds the middle to the even digit, JavaScript up.
  const isMiddle = /^50*$/.test(exact.slice(cut));
  return isMiddle && Number(exact[cut - 1]) % 2 === 0 ? exact.slice(0, cut) : rounded;
}
