import { isLayersError, type LayersError } from '@layers/errors';
import { Decompress } from 'fzstd';
import { type Codec, CodecFailure } from './codec.js';
import { type Decoder, formatError, pieces } from './decoder.js';
import { windowTooLarge, type ZstdFrames, zstdFrames } from './zstd-frames.js';

const MIB = 1024 * 1024;
const NATIVE_WINDOW = 128 * MIB;
const PORTABLE_WINDOW = 32 * MIB;
/** Bounds the output of fzstd at once: four bytes of input can be a block of 128 KiB. */
const PORTABLE_INPUT = 512;
const HELD_BYTES = 18;
/**
 * fzstd moves its whole window at every block, so many tiny blocks with a large window would take hours. The output of
 * real encoders needs fewer than 256 moved bytes for a byte of output, well below this limit.
 */
const FREE_WORK = 32 * 1024 * MIB;
const WORK_PER_BYTE = 1024;

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
    finish() {
      frames.finish();
      return [];
    },
    close: () => codec.close(),
  };
}

/**
 * Returns how much of the chunk at `offset` is structurally valid, and the error after it. The caller decodes the valid
 * part first, so that the error does not depend on how the data was chunked.
 */
function validPart(
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

/**
 * Creates a decoder of zstd frames in JavaScript, with windows of up to 32 MiB. Does not verify checksums of frames:
 * callers compare a digest.
 */
export function portableZstdDecoder(onFrame?: FrameListener): Decoder {
  const frames = zstdFrames(PORTABLE_WINDOW);
  const ready: Uint8Array[] = [];
  const decompress = new Decompress((bytes) => {
    if (bytes.length > 0) ready.push(bytes);
  });
  let offset = 0;
  let produced = 0;
  let frameAt = 0;
  let closed = false;
  // fzstd keeps its input until a block is complete, so a part is never overwritten.
  let part = new Uint8Array(PORTABLE_INPUT);
  let held = 0;

  function push(input: Uint8Array, last = false): void {
    if (closed) throw formatError('ERR_LAYERS_ZSTD_CORRUPT', 'the decompressor is closed', offset);
    try {
      decompress.push(input, last);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      // fzstd does not report the position.
      throw formatError('ERR_LAYERS_ZSTD_CORRUPT', what, 0, error);
    }
  }

  function* drain(): Generator<Uint8Array> {
    for (const bytes of ready) {
      produced += bytes.length;
      yield* pieces(bytes);
    }
    ready.length = 0;
    if (frames.windowWork > FREE_WORK + WORK_PER_BYTE * produced) {
      throw windowTooLarge(frames.windowWork, FREE_WORK, offset);
    }
  }

  function* decodeFrames(input: Uint8Array, listener: FrameListener): Generator<Uint8Array> {
    const base = offset;
    for (let at = 0; at < input.length; ) {
      if (frames.frameAt(offset) === offset) {
        // fzstd holds back fewer bytes than this at the start of a frame.
        if (offset - frameAt >= HELD_BYTES || offset === 0) listener(offset);
        frameAt = offset;
      }
      const stop = Math.min(input.length, frames.nextFrameAfter(offset) - base);
      push(input.subarray(at, stop));
      offset += stop - at;
      at = stop;
      yield* drain();
    }
  }

  /** The output for damaged data depends on how it is chunked, so the chunks always have the same size. */
  function* decodePart(): Generator<Uint8Array> {
    const input = part.subarray(0, held);
    part = new Uint8Array(PORTABLE_INPUT);
    held = 0;
    const { end, problem } = validPart(frames, input, offset);
    if (onFrame === undefined) {
      push(input.subarray(0, end));
      offset += end;
    } else {
      yield* decodeFrames(input.subarray(0, end), onFrame);
    }
    yield* drain();
    if (problem !== null) throw problem;
  }

  return {
    engine: 'fzstd',
    *feed(chunk) {
      for (let at = 0; at < chunk.length; ) {
        const taken = Math.min(PORTABLE_INPUT - held, chunk.length - at);
        part.set(chunk.subarray(at, at + taken), held);
        held += taken;
        at += taken;
        if (held === PORTABLE_INPUT) yield* decodePart();
      }
    },
    *finish() {
      if (held > 0) yield* decodePart();
      frames.finish();
      // fzstd decodes a last frame of fewer than 18 bytes only at the end.
      push(new Uint8Array(0), true);
      yield* drain();
    },
    close() {
      closed = true;
      ready.length = 0;
    },
  };
}
