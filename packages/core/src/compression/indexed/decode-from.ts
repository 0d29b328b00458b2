import type { SeekableBytes } from '@layers/tar';
import { type Codec, CodecFailure } from '../codec.js';
import { type Decoder, formatError } from '../decoder.js';
import { gzipDecoder } from '../gzip-decoder.js';
import { deflateCodec, zstdDecoder } from '../inflater.js';
import { type AccessPoint, type CompressedIndex, WINDOW_BYTES } from './compressed-index.js';
import { alignment } from './deflate-alignment.js';

const CHUNK_BYTES = 64 * 1024;

/**
 * Decodes a blob from an access point to its end. Yields views that are valid until the next one. Throws the errors of
 * damaged data, and ERR_LAYERS_READ.
 */
export function* decodeFrom(
  stored: SeekableBytes,
  { compression, storedBytes }: Pick<CompressedIndex, 'compression' | 'storedBytes'>,
  point: AccessPoint,
): Generator<Uint8Array> {
  const decoder = compression === 'gzip' ? gzipFrom(stored, point) : zstdDecoder();
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let position = point.stored; position < storedBytes; ) {
      const count = stored.read(chunk, position);
      if (count === 0) break;
      yield* decoder.feed(chunk.subarray(0, count));
      position += count;
    }
    yield* decoder.finish();
  } finally {
    decoder.close();
  }
}

function gzipFrom(stored: SeekableBytes, point: AccessPoint): Decoder {
  const codec = deflateCodec();
  try {
    prepare(codec, stored, point);
  } catch (error) {
    codec.close();
    throw error instanceof CodecFailure
      ? formatError('ERR_LAYERS_GZIP_CORRUPT', error.message, point.stored, error)
      : error;
  }
  const resume = { offset: point.stored, produced: point.memberBytes };
  return gzipDecoder(codec, { checksum: false, ignoreTrailing: true, resume });
}

/** Gives the codec the window, and the bits of the byte before. */
function prepare(
  codec: Codec,
  stored: SeekableBytes,
  { stored: position, bits, memberBytes, window }: AccessPoint,
) {
  const last = new Uint8Array(1);
  if (bits > 0) stored.read(last, position - 1);
  const expected = Math.min(memberBytes, WINDOW_BYTES);
  if (skip(codec, window, expected) !== expected) throw new CodecFailure('the window has another length');
  skip(codec, alignment(bits, last[0] ?? 0), 0);
}

/** Decodes deflate data that has no end. Returns the length of the output; stops above `limit`. */
function skip(codec: Codec, input: Uint8Array, limit: number): number {
  let skipped = 0;
  const taking = codec.take(input);
  for (let step = taking.next(); ; step = taking.next()) {
    if (step.done === true) {
      if (step.value < input.length) throw new CodecFailure('the window has an end');
      return skipped;
    }
    skipped += step.value.length;
    if (skipped > limit) throw new CodecFailure('the window has another length');
  }
}
