import { execFileSync } from 'node:child_process';
import { root } from '../scripts/setup.mjs';

/** Returns the time of what is made, in seconds since 1970: `SOURCE_DATE_EPOCH`, else that of the last commit. */
export function sourceDate() {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given) return Number(given);
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }));
}
