import { type BitReader, bitReader } from './bit-reader.js';
import { BadBlock, type Bzip2Block, expandBlock, readBlock } from './bzip2-block.js';
import { type Decoder, formatError, PIECE_BYTES } from './decoder.js';

const BLOCK_UNIT = 100_000;
const HEADER_BITS = 32;
const BLOCK_MAGIC = [0x314159, 0x265359];
const END_MAGIC = [0x177245, 0x385090];
/** The limit of a block in bytes: 900,000 symbols of at most 20 bits each, and the tables. */
const LONGEST_BLOCK = 4 * 1024 * 1024;
const FIRST_TRY = 64 * 1024;

type Unit = { kind: 'block'; block: Bzip2Block; bits: BitReader } | { kind: 'passed' } | { kind: 'short' };

/**
 * Creates a decoder of bzip2: any number of streams of blocks. Verifies all checksums. Memory is bounded by a block
 * (3.6 MB) and its compressed bytes.
 *
 * Throws ERR_LAYERS_BZIP2_CORRUPT, _TRUNCATED, _TRAILING.
 */
export function bzip2Decoder(): Decoder {
  const output = new Uint8Array(PIECE_BYTES);
  let links = new Uint32Array(0);
  let buffer = new Uint8Array(0);
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let bit = 0;
  let dropped = 0;
  let wanted = FIRST_TRY;
  let largest = 0;
  let inStream = false;
  let streams = 0;
  let streamCrc = 0;

  const offset = () => dropped + (bit >>> 3);
  const corrupt = (what: string, cause?: unknown) =>
    formatError('ERR_LAYERS_BZIP2_CORRUPT', what, offset(), cause);
  const left = () => buffer.length - (bit >>> 3);

  /** Joins the remaining bytes and the new chunks at once, as chunks may be tiny. */
  function join(): void {
    const from = bit >>> 3;
    const joined = new Uint8Array(buffer.length - from + waitingBytes);
    joined.set(buffer.subarray(from));
    let at = buffer.length - from;
    for (const chunk of waiting) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    buffer = joined;
    dropped += from;
    bit &= 7;
    waiting.length = 0;
    waitingBytes = 0;
  }

  function header(bits: BitReader): Unit {
    if (buffer.length * 8 - bit < HEADER_BITS) return { kind: 'short' };
    const name = bits.read(24);
    const level = bits.read(8) - 0x30;
    if (name !== 0x425a68 || level < 1 || level > 9) {
      if (streams === 0) throw corrupt('not bzip2 data');
      throw formatError('ERR_LAYERS_BZIP2_TRAILING', 'unexpected data after the end', offset());
    }
    if (links.length !== level * BLOCK_UNIT) links = new Uint32Array(level * BLOCK_UNIT);
    inStream = true;
    streamCrc = 0;
    bit = bits.position;
    return { kind: 'passed' };
  }

  function end(bits: BitReader): Unit {
    const crc = bits.read32();
    if (bits.overrun) return { kind: 'short' };
    if (crc !== streamCrc) throw corrupt('wrong checksum of the stream');
    inStream = false;
    streams += 1;
    bit = Math.ceil(bits.position / 8) * 8;
    return { kind: 'passed' };
  }

  function next(): Unit {
    const bits = bitReader(buffer, bit);
    if (!inStream) return header(bits);
    const magic = [bits.read(24), bits.read(24)];
    if (bits.overrun) return { kind: 'short' };
    const is = (known: readonly number[]) => known.every((word, index) => word === magic[index]);
    if (is(END_MAGIC)) return end(bits);
    if (!is(BLOCK_MAGIC)) throw corrupt('neither a block nor the end of the stream');
    try {
      const block = readBlock(bits, links);
      return block === null ? { kind: 'short' } : { kind: 'block', block, bits };
    } catch (error) {
      // An error in bits after the end of the buffer is not an error of the data.
      if (bits.nearEnd) return { kind: 'short' };
      if (error instanceof BadBlock) throw corrupt(error.message, error);
      throw error;
    }
  }

  function* decode(): Generator<Uint8Array> {
    join();
    while (left() > 0) {
      const unit = next();
      if (unit.kind === 'short') {
        if (left() >= LONGEST_BLOCK) throw corrupt('a block has no end');
        wanted = left() < largest ? largest + FIRST_TRY : Math.max(FIRST_TRY, 2 * left());
        return;
      }
      if (unit.kind === 'passed') continue;
      const crc = yield* expandBlock(unit.block, output);
      if (crc !== unit.block.crc) throw corrupt('wrong checksum of a block');
      streamCrc = (((streamCrc << 1) | (streamCrc >>> 31)) ^ crc) >>> 0;
      largest = Math.max(largest, (unit.bits.position - bit) >>> 3);
      bit = unit.bits.position;
    }
  }

  return {
    engine: 'layers/bzip2',
    *feed(chunk) {
      waiting.push(new Uint8Array(chunk));
      waitingBytes += chunk.length;
      if (left() + waitingBytes >= wanted) yield* decode();
    },
    *finish() {
      yield* decode();
      if (inStream || streams === 0 || left() > 0) {
        throw formatError('ERR_LAYERS_BZIP2_TRUNCATED', 'unexpected end of data', dropped + buffer.length);
      }
    },
    close() {
      buffer = new Uint8Array(0);
      links = new Uint32Array(0);
      waiting.length = 0;
      waitingBytes = 0;
      bit = 0;
    },
  };
}
