/** The surroundings of the start of a deflate block that was decoded, from an unknown bit on. */
export interface BlockStart {
  /** The output before the block, to which it may refer. */
  readonly window: Uint8Array;
  /** The byte before `input`, which may hold the first bits of the block. */
  readonly last: number;
  readonly input: Uint8Array;
  /** The output for `input`, from the start of the block on. */
  readonly output: Uint8Array;
}

/** Types of blocks (RFC 1951, 3.2.3). */
const STORED = 0;
const DYNAMIC = 2;
const RESERVED = 3;

/** Reads `count` bits from the `bits` high bits of the byte before and the input, from bit `from` on. */
function bitsAt({ last, input }: BlockStart, bits: number, from: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index++) {
    const at = from + index - bits;
    const byte = at < 0 ? last >> (8 + at) : (input[at >> 3] ?? 0) >> (at & 7);
    value |= (byte & 1) << index;
  }
  return value;
}

/** Returns whether a block may start with the `bits` high bits of the byte before. Refuses most wrong numbers. */
export function mayStartBlock(start: BlockStart, bits: number): boolean {
  const type = bitsAt(start, bits, 1, 2);
  if (type !== DYNAMIC) return type !== RESERVED;
  const literals = bitsAt(start, bits, 3, 5);
  const distances = bitsAt(start, bits, 8, 5);
  if (literals > 29 || distances > 29) return false;
  // The code of the code lengths must be complete (RFC 1951, 3.2.7).
  let sum = 0;
  for (let index = 0; index < bitsAt(start, bits, 13, 4) + 4; index++) {
    const length = bitsAt(start, bits, 17 + 3 * index, 3);
    if (length > 0) sum += 2 ** -length;
  }
  return sum === 1;
}

/**
 * Returns whether with either number of bits the same block without compression starts. Its header is followed by unused
 * bits, up to the next byte.
 */
export function isSameStoredBlock(start: BlockStart, bits: number, other: number): boolean {
  const header = bitsAt(start, bits, 0, 3);
  return header >> 1 === STORED && header === bitsAt(start, other, 0, 3) && bits >= 3 === other >= 3;
}
