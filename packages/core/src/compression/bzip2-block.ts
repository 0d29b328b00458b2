import type { BitReader } from './bit-reader.js';
import { buildTable, type HuffmanTable, readLengths, readSymbol } from './bzip2-huffman.js';
import { PIECE_BYTES } from './decoder.js';

const GROUP_SYMBOLS = 50;
const RUN_B = 1;

/** The error of an invalid block; the message says why. */
export class BadBlock extends Error {}

/** One block, before the inverse Burrows-Wheeler transform: bytes in the low 8 bits, links in the upper 24. */
export interface Bzip2Block {
  readonly links: Uint32Array;
  readonly count: number;
  readonly start: number;
  readonly crc: number;
}

function readAlphabet(bits: BitReader): Uint8Array {
  const used = bits.read(16);
  const alphabet: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((used & (0x8000 >> high)) === 0) continue;
    const row = bits.read(16);
    for (let low = 0; low < 16; low++) if ((row & (0x8000 >> low)) !== 0) alphabet.push(high * 16 + low);
  }
  if (alphabet.length === 0) throw new BadBlock('a block has no symbols');
  return Uint8Array.from(alphabet);
}

function readSelectors(bits: BitReader, tables: number): Uint8Array {
  const selectors = new Uint8Array(bits.read(15));
  if (selectors.length === 0) throw new BadBlock('a block has no selectors');
  const order = Uint8Array.from({ length: tables }, (_, index) => index);
  for (let at = 0; at < selectors.length; at++) {
    let rank = 0;
    while (bits.read(1) === 1) if (++rank >= tables) throw new BadBlock('a selector is out of range');
    const table = order[rank] ?? 0;
    order.copyWithin(1, 0, rank);
    order[0] = table;
    selectors[at] = table;
  }
  return selectors;
}

function readTables(bits: BitReader, tables: number, symbols: number): HuffmanTable[] {
  return Array.from({ length: tables }, () => {
    const lengths = readLengths(bits, symbols);
    if (lengths === null) throw new BadBlock('a code length is out of range');
    return buildTable(lengths);
  });
}

/**
 * Reads the block after its magic number into `links`, whose length is the block size of the stream. Returns null
 * where `bits` ends first. Throws {@link BadBlock}.
 */
export function readBlock(bits: BitReader, links: Uint32Array): Bzip2Block | null {
  const crc = bits.read32();
  if (bits.read(1) === 1) throw new BadBlock('randomised blocks are not supported');
  const start = bits.read(24);
  const alphabet = readAlphabet(bits);
  const tableCount = bits.read(3);
  if (tableCount < 2 || tableCount > 6) throw new BadBlock('the number of code tables is invalid');
  const selectors = readSelectors(bits, tableCount);
  const tables = readTables(bits, tableCount, alphabet.length + 2);
  if (bits.overrun) return null;

  const end = alphabet.length + 1;
  const byteCounts = new Uint32Array(256);
  const recent = alphabet.slice();
  let count = 0;
  let run = 0;
  let runStep = 1;
  for (const selector of selectors) {
    const table = tables[selector];
    if (table === undefined) throw new BadBlock('a selector is out of range');
    if (bits.overrun) return null;
    for (let left = GROUP_SYMBOLS; left > 0; left--) {
      const symbol = readSymbol(bits, table);
      if (symbol < 0) throw new BadBlock('a code is unknown');
      if (symbol <= RUN_B) {
        run += runStep << symbol;
        runStep *= 2;
        if (count + run > links.length) throw new BadBlock('a block is larger than its stream allows');
        continue;
      }
      if (run > 0) {
        const byte = recent[0] ?? 0;
        links.fill(byte, count, count + run);
        byteCounts[byte] = (byteCounts[byte] ?? 0) + run;
        count += run;
        run = 0;
        runStep = 1;
      }
      if (symbol === end) {
        if (bits.overrun) return null;
        if (start >= count) throw new BadBlock('the start is outside of the block');
        link(links, count, byteCounts);
        return { links, count, start, crc };
      }
      if (count >= links.length) throw new BadBlock('a block is larger than its stream allows');
      const byte = recent[symbol - 1] ?? 0;
      recent.copyWithin(1, 0, symbol - 1);
      recent[0] = byte;
      byteCounts[byte] = (byteCounts[byte] ?? 0) + 1;
      links[count++] = byte;
    }
  }
  if (bits.overrun) return null;
  throw new BadBlock('a block has no end');
}

/** Converts counts to positions, and links every byte to the next one. */
function link(links: Uint32Array, count: number, byteCounts: Uint32Array): void {
  let place = 0;
  for (let byte = 0; byte < 256; byte++) {
    const here = byteCounts[byte] ?? 0;
    byteCounts[byte] = place;
    place += here;
  }
  for (let index = 0; index < count; index++) {
    const byte = (links[index] ?? 0) & 0xff;
    const to = byteCounts[byte] ?? 0;
    byteCounts[byte] = to + 1;
    links[to] = (links[to] ?? 0) | (index << 8);
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/** Yields the bytes of a block in views of `output`, which is reused, and returns their CRC-32. */
export function* expandBlock(block: Bzip2Block, output: Uint8Array): Generator<Uint8Array, number> {
  const { links, count } = block;
  let entry = links[block.start] ?? 0;
  let previous = -1;
  let same = 0;
  let at = 0;
  let crc = -1;
  entry = links[entry >>> 8] ?? 0;
  for (let left = count; left > 0; left--) {
    const byte = entry & 0xff;
    entry = links[entry >>> 8] ?? 0;
    let copies = 1;
    let value = byte;
    if (same === 4) {
      copies = byte;
      value = previous;
      same = 0;
      previous = -1;
    } else {
      same = byte === previous ? same + 1 : 1;
      previous = byte;
    }
    for (; copies > 0; copies--) {
      output[at++] = value;
      crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ value] ?? 0);
    }
    if (at > PIECE_BYTES - 256) {
      yield output.subarray(0, at);
      at = 0;
    }
  }
  if (at > 0) yield output.subarray(0, at);
  return ~crc >>> 0;
}
