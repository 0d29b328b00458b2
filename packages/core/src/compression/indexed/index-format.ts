import { crc32 } from '#core/compression/crc32.js';
import {
  type AccessPoint,
  type CompressedIndex,
  type IndexedSpan,
  MAX_DEFLATED_WINDOW,
  MAX_SPAN_BYTES,
} from './compressed-index.js';

/** `LYIX`. */
const MAGIC = [0x4c, 0x59, 0x49, 0x58];
const VERSION = 1;
const COMPRESSIONS = ['gzip', 'zstd'] as const;
const CHECK_BYTES = 4;
/** In place of the number of bits: the span has no access point. */
const NO_POINT = 0xff;
const MAX_BITS = 7;

/**
 * Returns an index as bytes: magic and version, compression, size of the blob, number of spans, and the spans; at the end
 * the CRC-32 of all before. A span is its size, its check, and the number of bits of its access point with the distance
 * from the point before, the bytes of the member, and the window. Numbers without a fixed length are LEB128.
 */
export function encodeIndex(index: CompressedIndex): Uint8Array {
  const out = new Writer();
  for (const byte of [...MAGIC, VERSION, COMPRESSIONS.indexOf(index.compression)]) out.byte(byte);
  out.number(index.storedBytes);
  out.number(index.spans.length);
  let stored = 0;
  for (const { size, check, point } of index.spans) {
    out.number(size);
    out.uint32(check);
    out.byte(point?.bits ?? NO_POINT);
    if (point === null) continue;
    out.number(point.stored - stored);
    out.number(point.memberBytes);
    out.number(point.window.length);
    out.bytes(point.window);
    stored = point.stored;
  }
  out.uint32(crc32(out.result()));
  return out.result();
}

/** Returns the index that `encodeIndex` encoded; null where the bytes are damaged, or of another version. */
export function decodeIndex(bytes: Uint8Array): CompressedIndex | null {
  const checked = bytes.subarray(0, Math.max(0, bytes.length - CHECK_BYTES));
  const input = new Reader(checked);
  try {
    if (new Reader(bytes.subarray(checked.length)).uint32() !== crc32(checked)) return null;
    if ([...MAGIC, VERSION].some((byte) => input.byte() !== byte)) return null;
    const index = readIndex(input);
    return input.isAtEnd ? index : null;
  } catch (error) {
    if (error instanceof Damage) return null;
    throw error;
  }
}

/** Bytes that are not an index. */
class Damage extends Error {}

function readIndex(input: Reader): CompressedIndex {
  const compression = COMPRESSIONS[input.byte()];
  if (compression === undefined) throw new Damage();
  const storedBytes = input.number(Number.MAX_SAFE_INTEGER);
  const spans: IndexedSpan[] = [];
  let size = 0;
  let stored = 0;
  for (let left = input.number(Number.MAX_SAFE_INTEGER); left > 0; left--) {
    const spanSize = input.number(MAX_SPAN_BYTES);
    const check = input.uint32();
    const bits = input.byte();
    const point = bits === NO_POINT ? null : readPoint(input, bits, stored, storedBytes, size);
    if (spanSize === 0 || (spans.length === 0 && point === null)) throw new Damage();
    if (point !== null && compression === 'zstd' && point.memberBytes + point.bits > 0) throw new Damage();
    spans.push({ size: spanSize, check, point });
    stored = point?.stored ?? stored;
    size += spanSize;
  }
  return { compression, storedBytes, size, spans };
}

function readPoint(
  input: Reader,
  bits: number,
  storedBefore: number,
  storedBytes: number,
  position: number,
): AccessPoint {
  const stored = storedBefore + input.number(storedBytes - storedBefore);
  const memberBytes = input.number(position);
  const window = input.bytes(input.number(MAX_DEFLATED_WINDOW)).slice();
  if (bits > MAX_BITS || (bits > 0 && stored === 0)) throw new Damage();
  return { stored, bits, memberBytes, window };
}

class Writer {
  #buffer = new Uint8Array(1024);
  #length = 0;

  result(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  byte(value: number): void {
    this.bytes(Uint8Array.of(value));
  }

  uint32(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.bytes(bytes);
  }

  number(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  bytes(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      grown.set(this.#buffer);
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  bytes(length: number): Uint8Array {
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    if (part.length < length) throw new Damage();
    this.#at += length;
    return part;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Damage();
    return byte;
  }

  uint32(): number {
    const bytes = this.bytes(4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  number(limit: number): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > limit) throw new Damage();
      if (byte < 0x80) return value;
      if (scale > 2 ** 45) throw new Damage();
    }
  }
}
