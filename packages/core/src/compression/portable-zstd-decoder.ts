import { Decompress } from 'fzstd';
import { type Decoder, formatError, pieces } from './decoder.js';
import { type FrameListener, validPart } from './zstd-decoder.js';
import { windowOf, windowTooLarge, type ZstdFrame, zstdFrames } from './zstd-frames.js';

const MIB = 1024 * 1024;
const LARGEST_WINDOW = 32 * MIB;
/** Bounds the output of fzstd at once: four bytes of input can be a block of 128 KiB. */
const INPUT_BYTES = 512;
/** fzstd holds back fewer bytes than this at the start of a frame. */
const LEAST_FRAME_BYTES = 18;
/** Frames of up to so many bytes are decoded when all of their blocks are known. */
const SMALL_FRAME_BYTES = 256 * 1024;
/** Position of the descriptor of the window in a frame. */
const WINDOW_AT = 5;
/**
 * fzstd moves its whole window at every block, so many tiny blocks with a large window would take hours. The output of
 * real encoders needs fewer than 256 moved bytes for a byte of output, well below this limit.
 */
const FREE_WORK = 32 * 1024 * MIB;
const WORK_PER_BYTE = 1024;

/**
 * Creates a decoder of zstd frames in JavaScript, with windows of up to 32 MiB. Does not verify checksums of frames:
 * callers compare a digest.
 */
export function portableZstdDecoder(onFrame?: FrameListener): Decoder {
  return new PortableDecoder(onFrame);
}

class PortableDecoder implements Decoder {
  readonly engine = 'fzstd';
  readonly #onFrame: FrameListener | undefined;
  readonly #frames = zstdFrames(LARGEST_WINDOW);
  readonly #ready: Uint8Array[] = [];
  readonly #decompress = new Decompress((bytes) => {
    if (bytes.length > 0) this.#ready.push(bytes);
  });
  #isClosed = false;
  #offset = 0;
  #produced = 0;
  /** fzstd keeps its input until a block is complete, so a part is never overwritten. */
  #part = new Uint8Array(INPUT_BYTES);
  #partBytes = 0;
  #frame: ZstdFrame | null = null;
  /** The bytes of a small frame; null where they go to fzstd as they come. */
  #small: Uint8Array[] | null = null;
  /** The window of the frame that fzstd has. */
  #window = 0;
  /** The bytes that fzstd moves for the frames before this one. */
  #work = 0;

  constructor(onFrame: FrameListener | undefined) {
    this.#onFrame = onFrame;
  }

  *feed(chunk: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(INPUT_BYTES - this.#partBytes, chunk.length - at);
      this.#part.set(chunk.subarray(at, at + taken), this.#partBytes);
      this.#partBytes += taken;
      at += taken;
      if (this.#partBytes === INPUT_BYTES) yield* this.#decodePart();
    }
  }

  *finish(): Generator<Uint8Array> {
    if (this.#partBytes > 0) yield* this.#decodePart();
    yield* this.#endFrame();
    this.#frames.finish();
    // fzstd decodes a last frame of fewer than 18 bytes only at the end.
    this.#push(new Uint8Array(0), true);
    yield* this.#drain();
  }

  close(): void {
    this.#isClosed = true;
    this.#ready.length = 0;
  }

  /** The output for damaged data depends on how it is chunked, so the chunks always have the same size. */
  *#decodePart(): Generator<Uint8Array> {
    const input = this.#part.subarray(0, this.#partBytes);
    this.#part = new Uint8Array(INPUT_BYTES);
    this.#partBytes = 0;
    const base = this.#offset;
    const { end, problem } = validPart(this.#frames, input, base);
    for (let at = 0; at < end; at = this.#offset - base) {
      const frame = this.#frames.frame(this.#offset);
      if (frame !== this.#frame) yield* this.#startFrame(frame);
      const stop = Math.min(end, this.#frames.nextFrameAfter(this.#offset) - base);
      this.#offset += stop - at;
      yield* this.#decode(input.subarray(at, stop));
    }
    if (problem === null) return;
    yield* this.#endFrame();
    throw problem;
  }

  *#startFrame(frame: ZstdFrame): Generator<Uint8Array> {
    yield* this.#endFrame();
    const before = this.#frame;
    if (before === null || frame.start - before.start >= LEAST_FRAME_BYTES) this.#onFrame?.(frame.start);
    if (before !== null) this.#work += before.blocks * this.#window;
    this.#frame = frame;
    this.#small = [];
  }

  *#decode(bytes: Uint8Array): Generator<Uint8Array> {
    const { start, window } = this.#frame ?? { start: 0, window: 0 };
    if (this.#small === null) {
      this.#push(bytes);
      yield* this.#drain();
      return;
    }
    this.#small.push(bytes);
    if (this.#offset - start > SMALL_FRAME_BYTES) yield* this.#decodeHeld(window);
  }

  /**
   * Decodes what is held of a frame. No match of it can be further back than all of its blocks, so that it needs no larger
   * window, whatever its header says. Some writers declare 8 MiB for each of thousands of small frames.
   */
  *#endFrame(): Generator<Uint8Array> {
    if (this.#frame === null || this.#small === null) return;
    const { declaresWindow, mostBytes, window } = this.#frame;
    if (!declaresWindow || window <= mostBytes) return yield* this.#decodeHeld(window);
    let descriptor = 0;
    while (windowOf(descriptor) < mostBytes) descriptor++;
    setByte(this.#small, WINDOW_AT, descriptor);
    yield* this.#decodeHeld(windowOf(descriptor));
  }

  *#decodeHeld(window: number): Generator<Uint8Array> {
    const held = this.#small ?? [];
    this.#small = null;
    this.#window = window;
    for (const bytes of held) {
      this.#push(bytes);
      yield* this.#drain();
    }
  }

  #push(input: Uint8Array, last = false): void {
    if (this.#isClosed)
      throw formatError('ERR_LAYERS_ZSTD_CORRUPT', 'the decompressor is closed', this.#offset);
    try {
      this.#decompress.push(input, last);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      // fzstd does not report the position.
      throw formatError('ERR_LAYERS_ZSTD_CORRUPT', what, 0, error);
    }
  }

  *#drain(): Generator<Uint8Array> {
    for (const bytes of this.#ready) {
      this.#produced += bytes.length;
      yield* pieces(bytes);
    }
    this.#ready.length = 0;
    const work = this.#work + (this.#frame?.blocks ?? 0) * this.#window;
    if (work > FREE_WORK + WORK_PER_BYTE * this.#produced)
      throw windowTooLarge(work, FREE_WORK, this.#offset);
  }
}

function setByte(parts: readonly Uint8Array[], position: number, value: number): void {
  let at = position;
  for (const part of parts) {
    if (at < part.length) {
      part[at] = value;
      return;
    }
    at -= part.length;
  }
}
