import { isLayersError, type LayersError } from '@layers/errors';
import { type Codec, CodecFailure } from './codec.js';
import { type Decoder, formatError } from './decoder.js';
import { type ZstdFrames, zstdFrames } from './zstd-frames.js';

const NATIVE_WINDOW = 128 * 1024 * 1024;

/** Called at positions where a frame starts, when all output of earlier frames was yielded. */
export type FrameListener = (position: number) => void;

/** Creates a decoder of zstd frames, skippable ones included (RFC 8878), with Node's zstd, which verifies checksums. */
export function nativeZstdDecoder(codec: Codec, onFrame?: FrameListener): Decoder {
  const frames = zstdFrames(NATIVE_WINDOW);
  let offset = 0;

  // The codec's position and message depend on how the bytes were chunked, so they are not reported.
  const refused = (cause?: unknown) =>
    frames.noFrameAt(offset) ??
    formatError('ERR_LAYERS_ZSTD_CORRUPT', 'a frame is damaged', frames.frameAt(offset), cause);

  function* decode(input: Uint8Array): Generator<Uint8Array, number> {
    try {
      return yield* codec.take(input);
    } catch (error) {
      throw error instanceof CodecFailure ? refused(error) : error;
    }
  }

  return {
    engine: codec.engine,
    *feed(chunk) {
      const base = offset;
      const { end, problem } = validPart(frames, chunk, base);
      for (let at = 0; at < end; ) {
        // One frame at a time: some versions of Node continue with the next one and report errors there.
        const stop = Math.min(end, frames.nextFrameAfter(offset) - base);
        if (onFrame !== undefined && frames.frameAt(offset) === offset) onFrame(offset);
        const used = yield* decode(chunk.subarray(at, stop));
        if (used === 0) throw refused();
        at += used;
        offset += used;
      }
      if (problem !== null) throw problem;
    },
    *finish() {
      yield* codec.rest?.() ?? [];
      frames.finish();
    },
    close: () => codec.close(),
  };
}

/**
 * Returns how much of the chunk at `offset` is structurally valid, and the error after it. The caller decodes the valid
 * part first, so that the error does not depend on how the data was chunked.
 */
export function validPart(
  frames: ZstdFrames,
  chunk: Uint8Array,
  offset: number,
): { readonly end: number; readonly problem: LayersError | null } {
  try {
    frames.walk(chunk);
    return { end: chunk.length, problem: null };
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return { end: Math.max(0, frames.headerAt - offset), problem: error };
  }
}
