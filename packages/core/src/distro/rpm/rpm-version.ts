import { compareNumbers, endOfDigits } from '../digits.js';

/**
 * Compares two rpm versions, `[epoch:]version-release` (rpm-version(7)), with `~` before the end and `^` after it.
 * Returns a negative number where `a` is older, and 0 where neither is (`1.0` and `1_0`). A missing epoch is 0, and a
 * version without release precedes the same version with one. Any two texts have an order.
 */
export function compareRpmVersions(a: string, b: string): number {
  const [x, y] = [split(a), split(b)];
  return (
    compareNumbers(x.epoch, y.epoch) ||
    comparePart(x.version, y.version) ||
    compareReleases(x.release, y.release)
  );
}

/** Splits a version. An epoch is digits and a colon; other text before a colon is part of the version. */
function split(text: string): { epoch: string; version: string; release: string | null } {
  const digits = endOfDigits(text, 0);
  const hasEpoch = text[digits] === ':';
  const rest = hasEpoch ? text.slice(digits + 1) : text;
  const dash = rest.lastIndexOf('-');
  return {
    epoch: hasEpoch ? text.slice(0, digits) : '',
    version: dash === -1 ? rest : rest.slice(0, dash),
    release: dash === -1 ? null : rest.slice(dash + 1),
  };
}

function compareReleases(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return comparePart(a, b);
}

/** Compares runs of letters and runs of digits in turn. Other characters are separators. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  for (;;) {
    i = endOfSeparators(a, i);
    j = endOfSeparators(b, j);
    const [markA, markB] = [a[i], b[j]];
    if (markA === '~' || markB === '~') {
      if (markA !== markB) return markA === '~' ? -1 : 1;
      i++;
      j++;
      continue;
    }
    if (markA === '^' || markB === '^') {
      if (markA !== markB) return caretAgainst(markA, markB);
      i++;
      j++;
      continue;
    }
    if (markA === undefined || markB === undefined) {
      return markA === markB ? 0 : markA === undefined ? -1 : 1;
    }
    const [endA, endB] = [endOfRun(a, i), endOfRun(b, j)];
    const order = compareRuns(a.slice(i, endA), b.slice(j, endB));
    if (order !== 0) return order;
    i = endA;
    j = endB;
  }
}

/** Orders a caret after the end of the other version, and before all other characters. */
function caretAgainst(a: string | undefined, b: string | undefined): number {
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a === '^' ? -1 : 1;
}

/** Compares numbers by value and letters by code; letters precede numbers. */
function compareRuns(a: string, b: string): number {
  const [numberA, numberB] = [endOfDigits(a, 0) > 0, endOfDigits(b, 0) > 0];
  if (numberA !== numberB) return numberA ? 1 : -1;
  if (numberA) return compareNumbers(a, b);
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Returns the end of the run of digits or letters that starts at index `at`. */
function endOfRun(text: string, at: number): number {
  const digits = endOfDigits(text, at);
  if (digits > at) return digits;
  let end = at;
  while (isLetter(text.charCodeAt(end))) end++;
  return end;
}

function endOfSeparators(text: string, at: number): number {
  let end = at;
  while (end < text.length && isSeparator(text.charCodeAt(end))) end++;
  return end;
}

function isSeparator(code: number): boolean {
  return !isLetter(code) && !(code >= 0x30 && code <= 0x39) && code !== 0x7e && code !== 0x5e;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a && code < 0x80;
}
