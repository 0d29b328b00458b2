/**
 * A synchronous decompressor of raw deflate data or zstd frames. `take` yields the output for `input` and returns the bytes
 * used; fewer than given where the deflate stream or zstd frame ended.
 */
export interface Codec {
  readonly engine: 'node:zlib' | 'node:zlib/processChunk' | 'node:zlib/pool' | 'pako';
  take(input: Uint8Array): Generator<Uint8Array, number>;
  /** Returns output that `take` holds back; absent where it holds none. */
  rest?(): Iterable<Uint8Array>;
  /** Prepares the codec for another stream. */
  reset(): void;
  close(): void;
}

/** The codec's message about invalid data, without the position, which the caller knows. */
export class CodecFailure extends Error {}

/** What `take` of a pooled codec yields where it needs more time. */
export const UNFINISHED = new Uint8Array(0);

/**
 * A codec that works in another thread, while this thread uses the output so far. `take` yields UNFINISHED where its
 * caller must wait for `ready` before the next step. It holds the last output back until more input comes, or until `rest`.
 */
export interface PooledCodec extends Codec {
  /** Resolves when the next step of `take` has output, or has failed. */
  ready(): Promise<void>;
  rest(): Iterable<Uint8Array>;
}
