import type { BitReader } from './bit-reader.js';

const MAX_LENGTH = 20;
const FAST_BITS = 10;
const SYMBOL_BITS = 9;
/** Two lengths differ by at most 19 steps; more steps are malicious. */
const MAX_STEPS = 2 * MAX_LENGTH;

export interface HuffmanTable {
  /** For the next {@link FAST_BITS} bits: code length and symbol, or 0 where the code is longer. */
  readonly fast: Uint16Array;
  /** The largest code of each length; -1 for none. */
  readonly limit: Int32Array;
  /** For each length, the difference between a code and its index in `symbols`. */
  readonly base: Int32Array;
  readonly symbols: Uint16Array;
}

/** Reads the code lengths of one table; returns null where they are invalid. */
export function readLengths(bits: BitReader, symbols: number): Uint8Array | null {
  const lengths = new Uint8Array(symbols);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (let steps = 0; ; steps++) {
      if (length < 1 || length > MAX_LENGTH || steps > MAX_STEPS) return null;
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

/** Builds the canonical code. Impossible lengths result in codes without a symbol. */
export function buildTable(lengths: Uint8Array): HuffmanTable {
  const fast = new Uint16Array(1 << FAST_BITS);
  const limit = new Int32Array(MAX_LENGTH + 1).fill(-1);
  const base = new Int32Array(MAX_LENGTH + 1);
  const symbols = new Uint16Array(lengths.length);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= MAX_LENGTH; length++, code <<= 1) {
    base[length] = index - code;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      symbols[index++] = symbol;
      if (length <= FAST_BITS) {
        const from = code << (FAST_BITS - length);
        fast.fill((length << SYMBOL_BITS) | symbol, from, from + (1 << (FAST_BITS - length)));
      }
      limit[length] = code++;
    }
  }
  return { fast, limit, base, symbols };
}

/** Reads the next symbol; returns -1 where no code matches. */
export function readSymbol(bits: BitReader, table: HuffmanTable): number {
  const known = table.fast[bits.peek(FAST_BITS)] ?? 0;
  if (known !== 0) {
    bits.skip(known >> SYMBOL_BITS);
    return known & ((1 << SYMBOL_BITS) - 1);
  }
  for (let length = FAST_BITS + 1; length <= MAX_LENGTH; length++) {
    const code = bits.peek(length);
    if (code > (table.limit[length] ?? -1)) continue;
    bits.skip(length);
    return table.symbols[code + (table.base[length] ?? 0)] ?? -1;
  }
  return -1;
}
