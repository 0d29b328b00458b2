/** A set of bytes: what one position of a pattern matches. Patterns are tried on bytes, one character each. */
export type ByteClass = Uint8Array;

const SIZE = 256;

/** Returns the class of ranges, each of a first and a last byte. */
export function byteClass(...ranges: readonly (readonly [first: number, last: number])[]): ByteClass {
  const bytes = new Uint8Array(SIZE);
  for (const [first, last] of ranges) bytes.fill(1, first, last + 1);
  return bytes;
}

export function negated(bytes: ByteClass): ByteClass {
  return bytes.map((isIn) => 1 - isIn);
}

/** Adds the bytes of another class. */
export function addBytes(bytes: ByteClass, added: ByteClass): void {
  for (const [byte, isIn] of added.entries()) if (isIn === 1) bytes[byte] = 1;
}

/** Adds the other case of each letter. */
export function addOtherCases(bytes: ByteClass): void {
  for (let lower = 0x61; lower <= 0x7a; lower++) {
    const isIn = bytes[lower] === 1 || bytes[lower - 0x20] === 1 ? 1 : 0;
    bytes[lower] = isIn;
    bytes[lower - 0x20] = isIn;
  }
}

export function countOf(bytes: ByteClass): number {
  return bytes.reduce((sum, isIn) => sum + isIn, 0);
}

/** Returns the class as JavaScript writes it. */
export function sourceOf(bytes: ByteClass): string {
  let source = '';
  for (let first = 0; first < SIZE; first++) {
    if (bytes[first] !== 1) continue;
    let last = first;
    while (bytes[last + 1] === 1) last++;
    source += first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`;
    first = last;
  }
  return `[${source}]`;
}

/** Returns a byte as JavaScript writes it, inside and outside of classes. */
export function escaped(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9_]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}

const DIGIT = byteClass([0x30, 0x39]);
const WORD = byteClass([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
/** RE2's `\s` has no vertical tab, unlike POSIX and JavaScript. */
const SPACE = byteClass([0x09, 0x0a], [0x0c, 0x0d], [0x20, 0x20]);

/** The classes of Perl, by the letter after the backslash. */
export const PERL_CLASSES: ReadonlyMap<string, ByteClass> = new Map([
  ['d', DIGIT],
  ['D', negated(DIGIT)],
  ['w', WORD],
  ['W', negated(WORD)],
  ['s', SPACE],
  ['S', negated(SPACE)],
]);

/** The classes of POSIX, by name. */
export const POSIX_CLASSES: ReadonlyMap<string, ByteClass> = new Map([
  ['alnum', byteClass([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a])],
  ['alpha', byteClass([0x41, 0x5a], [0x61, 0x7a])],
  ['ascii', byteClass([0x00, 0x7f])],
  ['blank', byteClass([0x09, 0x09], [0x20, 0x20])],
  ['cntrl', byteClass([0x00, 0x1f], [0x7f, 0x7f])],
  ['digit', DIGIT],
  ['graph', byteClass([0x21, 0x7e])],
  ['lower', byteClass([0x61, 0x7a])],
  ['print', byteClass([0x20, 0x7e])],
  ['punct', byteClass([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e])],
  ['space', byteClass([0x09, 0x0d], [0x20, 0x20])],
  ['upper', byteClass([0x41, 0x5a])],
  ['word', WORD],
  ['xdigit', byteClass([0x30, 0x39], [0x41, 0x46], [0x61, 0x66])],
]);
