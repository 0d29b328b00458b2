import { LayersError } from '@layers/errors';
import { type OnWarning, warnOfTrailingData } from './warning.js';
import type { SeekableBytes } from './window.js';

const CHUNK_BYTES = 64 * 1024;

/** How many bytes after the end marker are searched for data. */
export const SEARCHED_BYTES = CHUNK_BYTES;

/** Warns where other data than zeros follows the end marker of a tar; `end` is the position after the marker. */
export function findTrailingData(source: SeekableBytes, end: number, onWarning: OnWarning): void {
  const length = Math.min(SEARCHED_BYTES, source.size - end);
  if (length <= 0) return;
  const chunk = new Uint8Array(length);
  const at = firstData(chunk.subarray(0, source.read(chunk, end)));
  if (at !== -1) warnOfTrailingData(end + at, onWarning);
}

/** Returns the index of the first byte that is not zero, or -1. */
export function firstData(bytes: Uint8Array): number {
  return bytes.findIndex((byte) => byte !== 0);
}

/**
 * Throws where data follows the end marker of a tar without entries: it is something else that begins with zeros, such
 * as the image of a file system, which has its first data at byte 1024 or later.
 *
 * @param end position after the end marker
 * @throws LayersError ERR_LAYERS_NOT_A_TAR
 */
export function refuseDataAfterNothing(source: SeekableBytes, end: number): void {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let position = end; position < source.size; ) {
    const count = source.read(chunk, position);
    if (count === 0) return;
    refuseData(chunk.subarray(0, count), position);
    position += count;
  }
}

/** Works as `refuseDataAfterNothing` for a piece of the data after the end marker, which starts at `position`. */
export function refuseData(bytes: Uint8Array, position: number): void {
  const at = firstData(bytes);
  if (at === -1) return;
  const offset = position + at;
  throw new LayersError(
    'ERR_LAYERS_NOT_A_TAR',
    `not a tar: it begins with zeros, but has data at byte ${offset}`,
    {
      offset,
      hint: 'it may be the image of a file system, such as EROFS, ext4 or ISO 9660',
    },
  );
}
