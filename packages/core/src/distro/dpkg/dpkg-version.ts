import { compareNumbers, endOfDigits, isDigit } from '../digits.js';

/**
 * Compares two Debian versions, `[epoch:]upstream[-revision]` (deb-version(7)). Returns a negative number where `a` is
 * older, and 0 where neither is (`1.0` and `1.0-0`). Any two texts have an order, also invalid versions.
 */
export function compareDpkgVersions(a: string, b: string): number {
  const [x, y] = [split(a), split(b)];
  return (
    compareNumbers(x.epoch, y.epoch) ||
    comparePart(x.upstream, y.upstream) ||
    comparePart(x.revision, y.revision)
  );
}

function split(version: string): { epoch: string; upstream: string; revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon === -1 ? '' : version.slice(0, colon),
    upstream: dash === -1 ? rest : rest.slice(0, dash),
    revision: dash === -1 ? '' : rest.slice(dash + 1),
  };
}

/** Compares, in turns, non-digits by character and digits by value. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const order = weight(a, i) - weight(b, j);
      if (order !== 0) return order;
      i++;
      j++;
    }
    const [startA, startB] = [i, j];
    i = endOfDigits(a, i);
    j = endOfDigits(b, j);
    const order = compareNumbers(a.slice(startA, i), b.slice(startB, j));
    if (order !== 0) return order;
  }
  return 0;
}

/** Orders a tilde before the end, the end and digits before letters, and letters before other characters. */
function weight(text: string, at: number): number {
  if (at >= text.length || isDigit(text, at)) return 0;
  const code = text.charCodeAt(at);
  if (code === 0x7e) return -1;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a && code < 0x80 ? code : code + 256;
}
