import { constants, deflateRawSync } from 'node:zlib';
import type { Codec } from '../codec.js';
import { PIECE_BYTES } from '../decoder.js';
import { BlockProber } from './block-prober.js';
import { MAX_DEFLATED_WINDOW, WINDOW_BYTES } from './compressed-index.js';
import { DeflateHandle } from './deflate-handle.js';
import type { IndexRecorder } from './index-recorder.js';

const { Z_BLOCK, Z_NO_FLUSH, Z_SYNC_FLUSH } = constants;

/** How much is decoded at the start of a block: what can refer to the window, and at most so many bytes of input. */
const PROBE_OUTPUT = WINDOW_BYTES;
const PROBE_INPUT = WINDOW_BYTES + 16 * 1024;

export interface IndexingCodec extends Codec {
  /** Says where in the blob the deflate data of a member starts. */
  startMember(position: number): void;
}

/**
 * Opens a codec for raw deflate data that adds access points to a recorder. The recorder must get each piece before
 * the next one is requested. Returns null where Node's handle cannot be used.
 */
export function openIndexingCodec(recorder: IndexRecorder): IndexingCodec | null {
  const handle = DeflateHandle.open();
  const prober = BlockProber.open();
  return handle !== null && prober !== null ? new BlockCodec(handle, prober, recorder) : null;
}

class BlockCodec implements IndexingCodec {
  readonly engine = 'node:zlib';
  readonly #handle: DeflateHandle;
  readonly #prober: BlockProber;
  readonly #recorder: IndexRecorder;
  /** The window, and the next piece after it. */
  readonly #output = new Uint8Array(WINDOW_BYTES + PIECE_BYTES);
  #memberBytes = 0;
  /** Position in the blob of the next byte of input. */
  #position = 0;
  /** The byte before the input. */
  #last = 0;

  constructor(handle: DeflateHandle, prober: BlockProber, recorder: IndexRecorder) {
    this.#handle = handle;
    this.#prober = prober;
    this.#recorder = recorder;
  }

  startMember(position: number): void {
    this.#position = position;
    this.#memberBytes = 0;
  }

  *take(input: Uint8Array): Generator<Uint8Array, number> {
    let used = 0;
    /** Where a block may start that was not decoded yet. */
    let blockAt: number | null = null;
    for (;;) {
      const probes = blockAt !== null;
      const stops = !probes && this.#recorder.wantsPoint;
      const end = probes ? Math.min(input.length, used + PROBE_INPUT) : input.length;
      const room = probes
        ? PROBE_OUTPUT
        : stops
          ? PIECE_BYTES
          : Math.min(PIECE_BYTES, this.#recorder.bytesToPoint);
      const output = this.#output.subarray(WINDOW_BYTES, WINDOW_BYTES + room);
      // zlib stops after each block with `Z_BLOCK`, but Node does not say at which bit.
      const [free, unused] = this.#handle.write(stops ? Z_BLOCK : Z_NO_FLUSH, input, used, end, output);
      const piece = output.subarray(0, room - free);
      const hasMoved = end - unused > used || piece.length > 0;
      used = end - unused;
      if (blockAt !== null && hasMoved) this.#addPoint(input, blockAt, used, piece);
      blockAt = null;
      if (piece.length > 0) {
        yield piece;
        this.#memberBytes += piece.length;
        // Moves the end of the output before the place of the next piece.
        if (this.#recorder.isNearPoint) this.#output.copyWithin(0, piece.length, piece.length + WINDOW_BYTES);
      }
      if (free === 0) continue;
      // The end of the stream looks the same, but nothing moves after it.
      if (stops && unused > 0 && hasMoved) blockAt = used;
      else if (used < end || end === input.length) {
        this.#position += used;
        this.#last = input[used - 1] ?? this.#last;
        return used;
      }
    }
  }

  #addPoint(input: Uint8Array, blockAt: number, end: number, output: Uint8Array): void {
    const window = this.#output.subarray(
      WINDOW_BYTES - Math.min(WINDOW_BYTES, this.#memberBytes),
      WINDOW_BYTES,
    );
    const last = blockAt > 0 ? (input[blockAt - 1] ?? 0) : this.#last;
    const start = { window, last, input: input.subarray(blockAt, end), output };
    const isShort = output.length < PROBE_OUTPUT;
    const bits = isShort && !this.#recorder.isOverdue ? null : this.#prober.findBits(start);
    if (bits === null) {
      this.#recorder.refusePoint();
      return;
    }
    this.#recorder.addPoint({
      stored: this.#position + blockAt,
      bits,
      memberBytes: this.#memberBytes,
      window: deflateWindow(isShort ? window : this.#prober.usedWindow(start, bits)),
    });
  }

  reset(): void {
    this.#handle.reset();
  }

  close(): void {
    this.#handle.close();
    this.#prober.close();
  }
}

/** Copies the result: Node's may be a view of a larger buffer. */
function deflateWindow(window: Uint8Array): Uint8Array {
  return new Uint8Array(
    deflateRawSync(window, { level: 1, chunkSize: MAX_DEFLATED_WINDOW, finishFlush: Z_SYNC_FLUSH }),
  );
}
