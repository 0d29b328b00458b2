/** A part of a stream that any thread can compress on its own. Plain data. All numbers are positions in `buffer`. */
export interface Block {
  /** The dictionary, the bytes of the block, and space for the output. The owner of the block owns it. */
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** Start of the block. The bytes before it are the dictionary: the end of the stream before this block. */
  readonly start: number;
  /** End of the block. */
  readonly end: number;
  /** Start of the space for the output. */
  readonly outputStart: number;
  /** Whether this is the last block of the stream. */
  readonly isLast: boolean;
}

/** How a stream is split into blocks, in bytes. */
export interface BlockSizes {
  readonly blockBytes: number;
  /** The most bytes before a block that its compressor gets as a dictionary. */
  readonly dictionaryBytes: number;
}

/** Buffers for reuse: a stream of any length needs only the memory of the blocks in flight. */
export interface BufferPool {
  /** Start of the space for the output in each buffer. */
  readonly outputStart: number;
  acquire(): Uint8Array<ArrayBuffer>;
  release(buffer: Uint8Array<ArrayBuffer>): void;
}

/** Returns a pool of buffers for blocks of these sizes. */
export function createBufferPool({ blockBytes, dictionaryBytes }: BlockSizes): BufferPool {
  const free: Uint8Array<ArrayBuffer>[] = [];
  const outputStart = dictionaryBytes + blockBytes;
  return {
    outputStart,
    acquire: () => free.pop() ?? new Uint8Array(outputStart + compressBound(blockBytes)),
    release(buffer) {
      free.push(buffer);
    },
  };
}

/**
 * Returns the maximum size of compressed data. For incompressible bytes, zlib adds five bytes for each stored block of
 * 16 KiB and some at both ends; zstd adds less (ZSTD_COMPRESSBOUND).
 */
export function compressBound(bytes: number): number {
  return bytes + Math.ceil(bytes / 256) + 2048;
}

export interface BlockCompressor {
  /** Compresses a block into its own buffer, and returns the size of the output in bytes. */
  compress(block: Block): number;
  close(): void;
}
