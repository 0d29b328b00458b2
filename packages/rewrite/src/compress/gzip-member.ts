import { crc32 } from 'node:zlib';

/** The header and trailer that make a deflate stream a gzip member (RFC 1952, 2.3). */
export interface GzipMember {
  readonly header: Uint8Array;
  /** Adds uncompressed bytes, in order, to the CRC-32 and the size. */
  update(bytes: Uint8Array): void;
  /** Returns the trailer: CRC-32 and size of all bytes. */
  trailer(): Uint8Array;
}

/** Values of XFL and OS in the header (RFC 1952, 2.3.1). */
const SLOWEST = 2;
const FASTEST = 4;
const UNKNOWN_OS = 255;

/** Returns a member without a name or a time. XFL depends on the level, as gzip's does. */
export function createGzipMember(level: number): GzipMember {
  const extraFlags = level === 9 ? SLOWEST : level === 1 ? FASTEST : 0;
  let crc = 0;
  let size = 0;
  return {
    header: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, extraFlags, UNKNOWN_OS),
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
