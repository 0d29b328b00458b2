import { crc32 } from 'node:zlib';

/** What stands around a deflate stream to make it a gzip member (RFC 1952, 2.3). */
export interface GzipFrame {
  readonly header: Uint8Array;
  /** Takes note of uncompressed bytes, in order. */
  update(bytes: Uint8Array): void;
  /** CRC-32 and size of all that was seen. */
  trailer(): Uint8Array;
}

const UNKNOWN_OS = 255;
const SLOWEST = 2;
const FASTEST = 4;

/** A member without a name or a time. The header says no more than how hard the compressor tried, as gzip's does. */
export function gzipFrame(level: number): GzipFrame {
  const effort = level === 9 ? SLOWEST : level === 1 ? FASTEST : 0;
  let crc = 0;
  let size = 0;
  return {
    header: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, UNKNOWN_OS),
    update(bytes) {
      crc = crc32(bytes, crc);
      size += bytes.length;
    },
    trailer() {
      const trailer = new DataView(new ArrayBuffer(8));
      trailer.setUint32(0, crc, true);
      trailer.setUint32(4, size % 2 ** 32, true);
      return new Uint8Array(trailer.buffer);
    },
  };
}
