/** The value of a numeric header field, or the reason why it has none. */
export type FieldNumber = number | 'malformed' | 'out-of-range';

/**
 * Reads a numeric header field: octal digits between spaces and NULs, or GNU's base-256 (first bit set, big-endian
 * two's complement; GNU tar manual, "Extensions"). Numbers beyond 2^53-1 are `out-of-range`.
 */
export function readNumber(bytes: Uint8Array, at: number, length: number): FieldNumber {
  const first = bytes[at] ?? 0;
  return (first & 0x80) === 0 ? readOctal(bytes, at, at + length) : readBase256(bytes, at, at + length);
}

function readOctal(bytes: Uint8Array, start: number, end: number): FieldNumber {
  let i = start;
  while (i < end && isFiller(bytes[i])) i++;
  let value = 0;
  for (; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 48;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  // A NUL ends the field; old writers left arbitrary bytes after it.
  for (; i < end && bytes[i] !== 0; i++) if (bytes[i] !== 0x20) return 'malformed';
  return value;
}

function isFiller(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}

function readBase256(bytes: Uint8Array, start: number, end: number): FieldNumber {
  const negative = ((bytes[start] ?? 0) & 0x40) !== 0;
  // Two's complement: a negative number is -1 minus the value of its inverted bytes.
  const flip = negative ? 0xff : 0;
  let value = ((bytes[start] ?? 0) ^ flip) & 0x3f;
  for (let i = start + 1; i < end; i++) {
    value = value * 256 + ((bytes[i] ?? 0) ^ flip);
    if (value > Number.MAX_SAFE_INTEGER) return 'out-of-range';
  }
  if (!negative) return value;
  return value === Number.MAX_SAFE_INTEGER ? 'out-of-range' : -value - 1;
}

/**
 * Writes an integer into a header field of `length` bytes: octal with a final NUL where it fits, else base-256.
 * Returns false where it fits neither form.
 */
export function writeNumber(target: Uint8Array, at: number, length: number, value: number): boolean {
  if (!Number.isSafeInteger(value)) return false;
  if (value >= 0 && value < 8 ** (length - 1)) {
    let rest = value;
    for (let i = at + length - 2; i >= at; i--) {
      // Sizes have more than the 32 bits of bit operations.
      const higher = Math.floor(rest / 8);
      target[i] = 0x30 + (rest - higher * 8);
      rest = higher;
    }
    target[at + length - 1] = 0;
    return true;
  }
  let rest = value < 0 ? -value - 1 : value;
  const flip = value < 0 ? 0xff : 0;
  for (let i = at + length - 1; i > at; i--) {
    target[i] = (rest % 256) ^ flip;
    rest = Math.floor(rest / 256);
  }
  if (rest > 0x3f) return false;
  target[at] = value < 0 ? 0xff ^ rest : 0x80 | rest;
  return true;
}

/** For each number of octal digits, the first number that does not fit. A table, as every field of every header uses it. */
const OCTAL_LIMITS: readonly number[] = Array.from({ length: 13 }, (_, digits) => 8 ** digits);

/** Returns whether `value` fits a field of `length` bytes (at most 13) in octal, which every reader supports. */
export function fitsOctal(value: number, length: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < (OCTAL_LIMITS[length - 1] ?? 0);
}
