import { crc32 } from '#core/compression/crc32.js';

/**
 * How a gzip or zstd blob can be read from the middle. Plain data: see `inflatedSource` for its use, and `encodeIndex` for
 * its form on disk.
 */
export interface CompressedIndex {
  readonly compression: 'gzip' | 'zstd';
  /** Size of the blob in bytes. */
  readonly storedBytes: number;
  /** Size of the uncompressed data in bytes. */
  readonly size: number;
  /** The uncompressed data in pieces. The first one has an access point. */
  readonly spans: readonly IndexedSpan[];
}

/** A piece of the uncompressed data that is decompressed and checked as a whole. */
export interface IndexedSpan {
  /** Length in bytes, from 1 to {@link MAX_SPAN_BYTES}. */
  readonly size: number;
  /** CRC-32 of the bytes, continued from `checkAt` of the position of the first one. */
  readonly check: number;
  /** Where decompression can start with this span; null where it must start with an earlier one. */
  readonly point: AccessPoint | null;
}

/** What a decoder needs to start in the middle of a blob. */
export interface AccessPoint {
  /** Position in the blob of the first whole byte. */
  readonly stored: number;
  /** How many high bits of the byte before belong to the data as well: 0 to 7. Always 0 for zstd. */
  readonly bits: number;
  /** How many uncompressed bytes of the same gzip member come before. Always 0 for zstd. */
  readonly memberBytes: number;
  /**
   * The last {@link WINDOW_BYTES} of these, to which the data may refer: as deflate data without a last block, which ends
   * at a whole byte.
   */
  readonly window: Uint8Array;
}

/** The largest distance in deflate data (RFC 1951, 2). */
export const WINDOW_BYTES = 32 * 1024;

/** A reader holds one span in memory. */
export const MAX_SPAN_BYTES = 64 * 1024 * 1024;

/** The largest deflated window: stored blocks for data that does not compress, and the empty block at the end. */
export const MAX_DEFLATED_WINDOW = WINDOW_BYTES + 64;

/** Returns the CRC-32 of a position in the uncompressed data, so that no span passes for bytes of another position. */
export function checkAt(position: number): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, position);
  return crc32(new Uint8Array(bytes.buffer));
}
