/** Takes a piece of output, at most 256 KiB. The view is only valid during the call. */
export type OnBytes = (bytes: Uint8Array) => void;

/** Inflates one blob, synchronously: for worker threads, and for small blobs anywhere. */
export interface Inflater {
  /** Inflates one chunk of the blob, of any length. The chunk may be reused afterwards. */
  push(chunk: Uint8Array, onBytes: OnBytes): void;
  /** Says that the blob is over. Throws where the compressed stream is not complete. */
  finish(onBytes: OnBytes): void;
  /** Frees what the inflater holds. */
  close(): void;
  /** What does the work: `node:zlib`, `node:zlib/processChunk`, `zlib-sync` or `fzstd`. */
  readonly engine: string;
}

export interface InflaterOptions {
  /**
   * `auto` takes the fastest that is safe here; `portable` does everything that the formats allow and never
   * throws `NeedsPortableInflater`; `zlib-sync` insists on that package (for gzip).
   */
  readonly engine?: 'auto' | 'portable' | 'zlib-sync' | undefined;
  /**
   * False leaves out the CRC-32 of gzip, about a tenth of the time: for callers that compare a digest of the output.
   * Lengths are always checked. Default: true.
   */
  readonly checksum?: boolean | undefined;
}
