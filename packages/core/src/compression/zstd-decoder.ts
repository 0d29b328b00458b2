import { isLayersError, type LayersError } from '@layers/errors';
import { Decompress } from 'fzstd';
import { type Decoder, formatError, pieces } from './decoder.js';
import { CodecFailure, type NodeCodec } from './node-codec.js';
import { windowTooLarge, type ZstdFrames, zstdFrames } from './zstd-frames.js';

const MIB = 1024 * 1024;
const NATIVE_WINDOW = 128 * MIB;
const PORTABLE_WINDOW = 32 * MIB;
/** Bounds what fzstd can return at once: four bytes of input can stand for a block of 128 KiB. */
const PORTABLE_INPUT = 512;
/**
 * fzstd moves its whole window at every block, so many tiny blocks under a large window take hours. Real
 * encoders stay under 256 bytes moved for a byte of output; this leaves them room and stops the rest.
 */
const FREE_WORK = 32 * 1024 * MIB;
const WORK_PER_BYTE = 1024;

/** Decodes zstd frames, also many and skippable ones, with Node's zstd, which verifies their checksums. */
export function nativeZstdDecoder(codec: NodeCodec): Decoder {
  const frames = zstdFrames(NATIVE_WINDOW);
  let offset = 0;

  // How far the codec is in the frame, and what it calls the damage, depend on how the bytes were cut.
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
      const { end, problem } = walked(frames, chunk, base);
      for (let at = 0; at < end; ) {
        // A frame at a time: some versions of Node go on into the next one, and fail there for the one before.
        const stop = Math.min(end, frames.frameBehind(offset) - base);
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
    close: codec.close,
  };
}

/**
 * How much of a chunk that begins at `offset` can be given to a decoder, and what is wrong behind that. The decoder
 * goes first, so that the same data gives the same error however it is cut.
 */
function walked(
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
 * Decodes zstd frames in JavaScript. Does not verify checksums of frames: callers compare a digest. Windows up to
 * 32 MiB.
 */
export function portableZstdDecoder(): Decoder {
  const frames = zstdFrames(PORTABLE_WINDOW);
  const ready: Uint8Array[] = [];
  const decompress = new Decompress((bytes) => {
    if (bytes.length > 0) ready.push(bytes);
  });
  let offset = 0;
  let produced = 0;
  let closed = false;
  // fzstd keeps what it is given until a block is whole: a part is never written again.
  let part = new Uint8Array(PORTABLE_INPUT);
  let held = 0;

  function push(input: Uint8Array, last = false): void {
    if (closed) throw formatError('ERR_LAYERS_ZSTD_CORRUPT', 'the decompressor was closed', offset);
    try {
      decompress.push(input, last);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      // It does not tell where, and it is behind by as much as it was given.
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

  /** What it makes of damaged data depends on how it is cut, so it is always cut alike. */
  function* decodePart(): Generator<Uint8Array> {
    const input = part.subarray(0, held);
    part = new Uint8Array(PORTABLE_INPUT);
    held = 0;
    const { end, problem } = walked(frames, input, offset);
    push(input.subarray(0, end));
    offset += end;
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
      // Only now does it decode a last frame of fewer than 18 bytes.
      push(new Uint8Array(0), true);
      yield* drain();
    },
    close() {
      closed = true;
      ready.length = 0;
    },
  };
}
