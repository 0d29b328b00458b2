import { compareNumbers } from '../digits.js';

/** The kinds of parts, in the order of the grammar. */
const INITIAL = 0;
const DIGITS = 1;
const LETTER = 2;
const SUFFIX = 3;
const SUFFIX_NUMBER = 4;
const HASH = 5;
const REVISION = 6;
const END = 7;
const INVALID = 8;

/** Suffixes in ascending order: pre-releases, then none (at RELEASE), then post-releases. */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];
const RELEASE = SUFFIXES.indexOf('');

interface Part {
  readonly kind: number;
  readonly text: string;
}

/**
 * Compares two apk versions, `digits{.digits}[letter]{_suffix[number]}[~hash][-rN]`, as apk-tools 3 does: numbers after
 * the first one are compared as text where either starts with 0. Returns a negative number where `a` is older. Texts
 * that are equal up to the point where both become invalid are equal, as for apk.
 */
export function compareApkVersions(a: string, b: string): number {
  const [x, y] = [createParser(a), createParser(b)];
  for (;;) {
    const [partA, partB] = [x(), y()];
    if (partA.kind !== partB.kind) return compareKinds(partA, partB);
    if (partA.kind >= END) return 0;
    const order = compareParts(partA, partB);
    if (order !== 0) return order;
  }
}

/** The longer version is newer, unless its next part is the suffix of a pre-release. */
function compareKinds(a: Part, b: Part): number {
  if (a.kind === SUFFIX && SUFFIXES.indexOf(a.text) < RELEASE) return -1;
  if (b.kind === SUFFIX && SUFFIXES.indexOf(b.text) < RELEASE) return 1;
  return b.kind - a.kind;
}

function compareParts({ kind, text: a }: Part, { text: b }: Part): number {
  if (kind === SUFFIX) return SUFFIXES.indexOf(a) - SUFFIXES.indexOf(b);
  const asNumbers =
    kind === INITIAL ||
    kind === SUFFIX_NUMBER ||
    kind === REVISION ||
    (kind === DIGITS && !a.startsWith('0') && !b.startsWith('0'));
  if (asNumbers) return compareNumbers(a, b);
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The form of each kind of part, and the last kind that it may follow. */
const GRAMMAR: readonly { readonly kind: number; readonly after: number; readonly form: RegExp }[] = [
  { kind: DIGITS, after: DIGITS, form: /\.?([0-9]+)/y },
  { kind: LETTER, after: DIGITS, form: /([a-z])/y },
  { kind: SUFFIX, after: SUFFIX_NUMBER, form: /_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(?![a-z])/y },
  { kind: HASH, after: SUFFIX_NUMBER, form: /~([0-9a-f]+)/y },
  { kind: REVISION, after: HASH, form: /-r([0-9]+)/y },
];
const INITIAL_FORM = /([0-9]+)/y;
const SUFFIX_NUMBER_FORM = /([0-9]+)/y;

/** Returns a function that returns the parts of a version in turn, then END, or INVALID for an invalid version. */
function createParser(version: string): () => Part {
  let at = 0;
  let last = -1;
  const take = (kind: number, form: RegExp): Part | null => {
    form.lastIndex = at;
    const text = form.exec(version)?.[1];
    if (text === undefined) return null;
    at = form.lastIndex;
    last = kind;
    return { kind, text };
  };
  return () => {
    if (last === -1) return take(INITIAL, INITIAL_FORM) ?? { kind: INVALID, text: '' };
    if (at === version.length) return { kind: END, text: '' };
    if (last === SUFFIX) {
      const number = take(SUFFIX_NUMBER, SUFFIX_NUMBER_FORM);
      if (number !== null) return number;
    }
    for (const { kind, after, form } of GRAMMAR) {
      const part = last <= after ? take(kind, form) : null;
      if (part !== null) return part;
    }
    return { kind: INVALID, text: '' };
  };
}
