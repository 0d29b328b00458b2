import { constants, createDeflateRaw, type DeflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';
import type { Block, BlockCompressor } from './block.js';
import { encoderOf, MIN_CHUNK_BYTES } from './zlib-encoder.js';

/** The maximum distance of a reference in deflate (RFC 1951, 2). */
export const DEFLATE_WINDOW_BYTES = 32 * 1024;

/**
 * Opens a compressor whose output blocks form one deflate stream when joined. Each block ends on a byte boundary, with
 * the empty stored block that Z_SYNC_FLUSH writes. Only the last block ends the stream.
 */
export function openDeflate(level: number): BlockCompressor {
  return { compress: (block) => deflateBlock(block, level), close: () => {} };
}

/** Creates the stream of a block. zlib accepts a dictionary only at the start of a stream, so each block has its own. */
export function deflateStream(block: Block, level: number): DeflateRaw {
  return createDeflateRaw({ ...optionsOf(block, level), chunkSize: MIN_CHUNK_BYTES });
}

/** Returns how the stream of a block ends. */
export function flushOf(isLast: boolean): number {
  return isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
}

function optionsOf({ buffer, start }: Block, level: number): ZlibOptions {
  return { level, ...(start > 0 && { dictionary: buffer.subarray(0, start) }) };
}

function deflateBlock(block: Block, level: number): number {
  const { buffer, start, end, outputStart, isLast } = block;
  const bytes = buffer.subarray(start, end);
  const output = buffer.subarray(outputStart);
  const flush = flushOf(isLast);
  const options = optionsOf(block, level);
  const stream = deflateStream(block, level);
  const encoder = encoderOf(stream);
  if (encoder === null) {
    stream.close();
    // At level 0, the sizes of stored blocks depend on the space for the output: it must be the same as in `encode`.
    const compressed = deflateRawSync(bytes, { ...options, finishFlush: flush, chunkSize: output.length });
    buffer.set(compressed, outputStart);
    return compressed.length;
  }
  try {
    return encoder.encode(flush, bytes, output);
  } finally {
    encoder.close();
  }
}
