import { constants } from 'node:zlib';
import { CodecFailure } from '../codec.js';
import { type BlockStart, isSameStoredBlock, mayStartBlock } from './block-start.js';
import { WINDOW_BYTES } from './compressed-index.js';
import { alignment } from './deflate-alignment.js';
import { DeflateHandle } from './deflate-handle.js';

/** How much of the output is compared for each possible bit. */
const COMPARED_BYTES = 4 * 1024;
const STORED_HEADER = 5;

/**
 * Two windows whose bytes differ at every position. Both bytes together give the position: the low byte is the first
 * one, the high byte is their difference, without one.
 */
function makeMarks(): readonly Uint8Array[] {
  return [0, 1].map((second) =>
    Uint8Array.from({ length: WINDOW_BYTES }, (_, at) => at + second * (1 + (at >> 8))),
  );
}

/** Finds what zlib knows about the start of a block and Node does not say, by decoding the block again. */
export class BlockProber {
  readonly #handle: DeflateHandle;
  readonly #marks = makeMarks();
  readonly #prefix = new Uint8Array(STORED_HEADER + WINDOW_BYTES);
  readonly #outputs = [new Uint8Array(WINDOW_BYTES), new Uint8Array(WINDOW_BYTES)];

  /** Returns null where Node's handle cannot be used. */
  static open(): BlockProber | null {
    const handle = DeflateHandle.open();
    return handle === null ? null : new BlockProber(handle);
  }

  private constructor(handle: DeflateHandle) {
    this.#handle = handle;
  }

  /**
   * Returns how many bits of the byte before belong to the block; null where several numbers give the same output, and
   * could give another one later. The right number always gives this output, so a single result is the right one.
   */
  findBits(start: BlockStart): number | null {
    const expected = start.output.subarray(0, COMPARED_BYTES);
    if (expected.length === 0) return null;
    const [output = new Uint8Array()] = this.#outputs;
    const [bits, ...others] = [0, 1, 2, 3, 4, 5, 6, 7].filter((number) => {
      if (!mayStartBlock(start, number)) return false;
      const decoded = this.#decode(start, number, start.window, output.subarray(0, expected.length));
      return decoded !== null && Buffer.compare(decoded, expected) === 0;
    });
    if (bits === undefined) return null;
    return others.every((other) => isSameStoredBlock(start, bits, other)) ? bits : null;
  }

  /**
   * Returns the window with zeros for all bytes to which the output does not refer. The output must have as many bytes as
   * the largest window: what comes later cannot refer to the window.
   */
  usedWindow(start: BlockStart, bits: number): Uint8Array {
    const { window } = start;
    const [first, second] = this.#marks.map((marks, index) =>
      this.#decode(
        start,
        bits,
        marks.subarray(WINDOW_BYTES - window.length),
        this.#outputs[index] ?? new Uint8Array(),
      ),
    );
    if (first?.length !== WINDOW_BYTES || second?.length !== WINDOW_BYTES) return window;
    return markedBytes(window, first, second);
  }

  close(): void {
    this.#handle.close();
  }

  /** Decodes the block after a window. Returns the part of `output` that was filled; null for damaged data. */
  #decode(start: BlockStart, bits: number, window: Uint8Array, output: Uint8Array): Uint8Array | null {
    const { input, last } = start;
    try {
      this.#handle.reset();
      if (window.length > 0) this.#skip(this.#stored(window), window.length);
      this.#skip(alignment(bits, last), 1);
      const [free] = this.#handle.write(constants.Z_NO_FLUSH, input, 0, input.length, output);
      return output.subarray(0, output.length - free);
    } catch (error) {
      if (error instanceof CodecFailure) return null;
      throw error;
    }
  }

  #skip(input: Uint8Array, outputBytes: number): void {
    const [, second = new Uint8Array()] = this.#outputs;
    this.#handle.write(constants.Z_NO_FLUSH, input, 0, input.length, second.subarray(0, outputBytes));
  }

  /** Returns a block without compression (RFC 1951, 3.2.4). */
  #stored(bytes: Uint8Array): Uint8Array {
    const view = new DataView(this.#prefix.buffer);
    view.setUint16(1, bytes.length, true);
    view.setUint16(3, ~bytes.length & 0xffff, true);
    this.#prefix.set(bytes, STORED_HEADER);
    return this.#prefix.subarray(0, STORED_HEADER + bytes.length);
  }
}

/** Returns the bytes of a window whose marks are in the output; zeros in place of the others. */
function markedBytes(window: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array {
  const used = new Uint8Array(window.length);
  const from = WINDOW_BYTES - window.length;
  const firstWords = new Uint32Array(first.buffer);
  const secondWords = new Uint32Array(second.buffer);
  for (let word = 0; word < firstWords.length; word++) {
    // Most bytes do not come from the window.
    if (firstWords[word] === secondWords[word]) continue;
    for (let index = 4 * word; index < 4 * word + 4; index++) {
      const low = first[index] ?? 0;
      const mark = second[index] ?? 0;
      if (low === mark) continue;
      const at = (low | (((mark - low - 1) & 0xff) << 8)) - from;
      used[at] = window[at] ?? 0;
    }
  }
  return used;
}
