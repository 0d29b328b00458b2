/**
 * A synchronous decompressor of raw deflate data or zstd frames. `take` yields the output for `input` and returns the bytes
 * used; fewer than given where the deflate stream or zstd frame ended.
 */
export interface Codec {
  readonly engine: 'node:zlib' | 'node:zlib/processChunk' | 'pako';
  take(input: Uint8Array): Generator<Uint8Array, number>;
  /** Prepares the codec for another stream. */
  reset(): void;
  close(): void;
}

/** The codec's message about invalid data, without the position, which the caller knows. */
export class CodecFailure extends Error {}
