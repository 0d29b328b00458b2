import type { Trailing } from './decoder.js';

/** Receives a piece of output of at most 256 KiB, as a view that is valid during the call. */
export type OnBytes = (bytes: Uint8Array) => void;

/** Decompresses one blob synchronously: for worker threads, and for small blobs. */
export interface Inflater {
  /** Decompresses the next chunk of the blob, of any length. The caller may overwrite it afterwards. */
  push(chunk: Uint8Array, onBytes: OnBytes): void;
  /** Ends the blob. Throws where the compressed stream is not complete. */
  finish(onBytes: OnBytes): void;
  /** Returns what follows the compressed data, which some programs refuse. */
  trailing?(): Trailing;
  /** Frees the resources. */
  close(): void;
  /** The implementation: `node:zlib`, `node:zlib/processChunk`, `zlib-sync` or `fzstd`. */
  readonly engine: string;
}

export interface InflaterOptions {
  /**
   * `auto` is the fastest that is safe on this Node; `portable` supports everything that the formats allow and never
   * throws `NeedsPortableInflater`; `zlib-sync` requires that package (for gzip).
   */
  readonly engine?: 'auto' | 'portable' | 'zlib-sync' | undefined;
  /**
   * False skips the CRC-32 of gzip, about a tenth of the time: for callers that compare a digest of the output.
   * Lengths are always checked. Default: true.
   */
  readonly checksum?: boolean | undefined;
  /** Ignores data after the last member of gzip. Default: false, which throws ERR_LAYERS_GZIP_TRAILING. */
  readonly ignoreTrailing?: boolean | undefined;
}
