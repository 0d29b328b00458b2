import { constants, createInflateRaw } from 'node:zlib';
import { CodecFailure } from '../codec.js';
import { hasInternals, isHandleTested, type ZlibHandle, type ZlibInternals } from '../node-handle.js';

/** Node's zlib for raw deflate data, call by call. */
export class DeflateHandle {
  readonly #stream: ZlibInternals;
  readonly #handle: ZlibHandle;
  #failure: string | undefined;
  #closed = false;

  /** Returns null where Node's handle cannot be used. */
  static open(): DeflateHandle | null {
    const stream: object = createInflateRaw({ chunkSize: constants.Z_MIN_CHUNK });
    return isHandleTested() && hasInternals(stream) ? new DeflateHandle(stream, stream._handle) : null;
  }

  private constructor(stream: ZlibInternals, handle: ZlibHandle) {
    this.#stream = stream;
    this.#handle = handle;
    handle.onerror = (message) => {
      this.#failure = message;
    };
  }

  /**
   * Decodes `input` from one index to another into `output`, all of whose bytes may be used.
   *
   * @returns how many bytes of the output are free, and how many of the input are unused
   */
  write(
    flush: number,
    input: Uint8Array,
    from: number,
    end: number,
    output: Uint8Array,
  ): readonly [free: number, unused: number] {
    // Writing to a closed handle would abort the process.
    if (this.#closed) throw new CodecFailure('the decompressor is closed');
    this.#handle.writeSync(flush, input, from, end - from, output, 0, output.length);
    if (this.#failure !== undefined) throw new CodecFailure(this.#failure);
    const [free = 0, unused = 0] = this.#stream._writeState;
    return [free, unused];
  }

  /** Prepares for another stream, also after an error. */
  reset(): void {
    this.#failure = undefined;
    if (!this.#closed) this.#handle.reset();
  }

  close(): void {
    if (!this.#closed) this.#stream.close();
    this.#closed = true;
  }
}
