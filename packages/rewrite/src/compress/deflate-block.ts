import { constants, deflateRawSync } from 'node:zlib';
import type { Block } from './block.js';

/** As far back as deflate (RFC 1951, 2) can refer. */
export const DEFLATE_WINDOW_BYTES = 32 * 1024;
/** Room for what zlib makes of incompressible data: five bytes for every 16 KiB, and some at the ends. */
const GROWTH = 1 + 1 / 2048;

/**
 * Deflates a block so that it can be put behind the one before: it ends on a whole byte (an empty stored block, as
 * Z_SYNC_FLUSH leaves it) and only the last one ends the deflate stream.
 */
export function deflateBlock({ buffer, from, to, last }: Block, level: number): Uint8Array<ArrayBuffer> {
  const bytes = buffer.subarray(from, to);
  const packed = deflateRawSync(bytes, {
    level,
    finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    chunkSize: Math.ceil(bytes.length * GROWTH) + 1024,
    ...(from > 0 && { dictionary: buffer.subarray(0, from) }),
  });
  // What Node returns is a part of a buffer several times as large.
  return new Uint8Array(packed);
}
