import { nextTurn } from '#core/io/event-loop.js';

export interface YielderOptions {
  /** Pauses are due after so many bytes. Default: 8 MiB. */
  readonly bytes?: number | undefined;
  /** Pauses are due after so many calls of `count`. Default: bytes alone decide. */
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is called at each pause, with all bytes counted so far. */
  readonly onPause?: ((doneBytes: number) => void) | undefined;
}

const DEFAULT_BYTES = 8 * 1024 * 1024;

/**
 * Lets the event loop run now and then during synchronous work, so that signals and timers are handled. The work calls
 * `count`, and awaits `pause` when that returns true.
 */
export class Yielder {
  readonly #maxBytes: number;
  readonly #maxSteps: number;
  readonly #signal: AbortSignal | undefined;
  readonly #onPause: ((doneBytes: number) => void) | undefined;
  #doneBytes = 0;
  #bytes = 0;
  #steps = 0;

  constructor({ bytes = DEFAULT_BYTES, steps = Infinity, signal, onPause }: YielderOptions = {}) {
    this.#maxBytes = bytes;
    this.#maxSteps = steps;
    this.#signal = signal;
    this.#onPause = onPause;
  }

  /** Counts one step, and the bytes that it processed. Returns whether a pause is due. */
  count(bytes: number): boolean {
    this.#doneBytes += bytes;
    this.#bytes += bytes;
    this.#steps++;
    return this.#bytes >= this.#maxBytes || this.#steps >= this.#maxSteps;
  }

  /** Runs the event loop once. Throws the signal's reason once it is aborted. */
  async pause(): Promise<void> {
    this.#bytes = 0;
    this.#steps = 0;
    this.#onPause?.(this.#doneBytes);
    await runEventLoop(this.#signal);
  }
}

/** Lets the event loop run once. Throws the signal's reason once it is aborted. */
export async function runEventLoop(signal?: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  signal?.throwIfAborted();
}
