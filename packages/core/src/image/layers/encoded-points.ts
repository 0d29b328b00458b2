import { buildIndex } from '../../compression/indexed/index-builder.js';
import { encodeIndex } from '../../compression/indexed/index-format.js';
import type { SyncByteSource } from '../../io/byte-source.js';

/** The distance of access points in bytes: a read in the middle decompresses at most twice as much. */
export const POINT_SPACING = 2 * 1024 * 1024;

/**
 * Decompresses a blob to find its access points. Returns them as `encodeIndex` does; null where this version of Node cannot
 * find them. Throws ERR_LAYERS_READ, and the errors of damaged data.
 */
export function encodedPoints(source: SyncByteSource, compression: 'gzip' | 'zstd'): Uint8Array | null {
  const index = buildIndex(source, compression, {
    checksum: false,
    ignoreTrailing: true,
    spacing: POINT_SPACING,
  });
  return index === null ? null : encodeIndex(index);
}
