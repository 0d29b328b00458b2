const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * The longest path in bytes that a Linux system call accepts (PATH_MAX less its NUL). No loader can extract a longer
 * one, and listing a tree of deeper paths could exhaust time and memory.
 */
export const MAX_PATH_BYTES = 4095;

export type PathProblem = 'climbs-out' | 'too-long' | 'has-nul';

/**
 * Splits the name of a tar entry into parts, with `.`, empty parts and inner `..` resolved. Writes their positions to
 * `parts`: `[start, end, start, end, …]`. Returns the number of parts, 0 for the root, or why the name is refused.
 */
export function splitPath(name: Uint8Array, parts: number[]): number | PathProblem {
  if (name.length > MAX_PATH_BYTES) return 'too-long';
  let count = 0;
  let start = 0;
  for (let i = 0; i <= name.length; i++) {
    const byte = i === name.length ? SLASH : name[i];
    if (byte === 0) return 'has-nul';
    if (byte !== SLASH) continue;
    const length = i - start;
    if (length === 2 && name[start] === DOT && name[start + 1] === DOT) {
      if (count === 0) return 'climbs-out';
      count--;
    } else if (length > 0 && !(length === 1 && name[start] === DOT)) {
      parts[count * 2] = start;
      parts[count * 2 + 1] = i;
      count++;
    }
    start = i + 1;
  }
  return count;
}
