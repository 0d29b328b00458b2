import { constants, createDeflateRaw, deflateRawSync } from 'node:zlib';
import type { Block, BlockCompressor } from './block.js';
import { encoderOf, NO_CHUNK_BYTES } from './zlib-encoder.js';

/** As far back as deflate (RFC 1951, 2) can refer. */
export const DEFLATE_WINDOW_BYTES = 32 * 1024;

/**
 * Deflates blocks so that they can be put behind each other: each ends on a whole byte (an empty stored block, as
 * Z_SYNC_FLUSH leaves it) and only the last one ends the deflate stream.
 */
export function openDeflate(level: number): BlockCompressor {
  return { compress: (block) => deflateBlock(block, level), close: () => {} };
}

function deflateBlock({ buffer, from, to, room, last }: Block, level: number): number {
  const bytes = buffer.subarray(from, to);
  const output = buffer.subarray(room);
  const flush = last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const options = { level, ...(from > 0 && { dictionary: buffer.subarray(0, from) }) };
  // A deflater takes a dictionary at its beginning only.
  const stream = createDeflateRaw({ ...options, chunkSize: NO_CHUNK_BYTES });
  const encoder = encoderOf(stream);
  if (encoder === null) {
    stream.close();
    // What is only stored is cut by the room that there is for it.
    const packed = deflateRawSync(bytes, { ...options, finishFlush: flush, chunkSize: output.length });
    buffer.set(packed, room);
    return packed.length;
  }
  try {
    return encoder.encode(flush, bytes, output);
  } finally {
    encoder.close();
  }
}
