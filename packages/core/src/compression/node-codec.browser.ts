import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';
import { type Codec, CodecFailure } from './codec.js';
import { PIECE_BYTES } from './decoder.js';

/** A negative number of bits selects raw deflate data (zlib.h, inflateInit2). */
const RAW_WINDOW_BITS = -15;

/** Browsers decompress zstd in no version that can be relied on. */
export function hasNodeZstd(): boolean {
  return false;
}

/**
 * Opens a codec for raw deflate data; returns null for zstd. `DecompressionStream` is no base for it: it works
 * asynchronously, and does not say where the deflate stream ends.
 */
export function openNodeCodec(kind: 'deflate' | 'zstd'): Codec | null {
  return kind === 'deflate' ? new PakoCodec() : null;
}

class PakoCodec implements Codec {
  readonly engine = 'pako';
  readonly #stream = new ZStream();
  readonly #output = new Uint8Array(PIECE_BYTES);
  #closed = false;

  constructor() {
    zlibInflateInit2(this.#stream, RAW_WINDOW_BITS);
  }

  *take(input: Uint8Array): Generator<Uint8Array, number> {
    const stream = this.#stream;
    stream.input = input;
    stream.next_in = 0;
    stream.avail_in = input.length;
    for (;;) {
      if (this.#closed) throw new CodecFailure('the decompressor is closed');
      stream.output = this.#output;
      stream.next_out = 0;
      stream.avail_out = PIECE_BYTES;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      if (status !== Z_OK && status !== Z_STREAM_END && status !== Z_BUF_ERROR)
        throw new CodecFailure(stream.msg);
      const produced = PIECE_BYTES - stream.avail_out;
      const used = stream.next_in;
      if (produced > 0) yield this.#output.subarray(0, produced);
      if (produced < PIECE_BYTES) return used;
    }
  }

  reset(): void {
    zlibInflateReset(this.#stream);
  }

  close(): void {
    this.#closed = true;
  }
}
