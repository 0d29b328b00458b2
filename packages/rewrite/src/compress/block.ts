/** Part of a stream that is compressed by itself, in any thread. Plain data. */
export interface Block {
  /** What goes before the block in the stream, `from` bytes of it, the block, and room. Its owner's alone. */
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** Where the block begins in `buffer`: what is before it serves as its dictionary. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
  /** Where the room begins for what it becomes. */
  readonly room: number;
  /** Whether the stream ends with it. */
  readonly last: boolean;
}

/** How a stream is cut into blocks, in bytes. */
export interface BlockSizes {
  readonly blockBytes: number;
  /** The most bytes before a block that its compressor is to see. */
  readonly dictionaryBytes: number;
}

/** Buffers that are used again, so that a stream of any length takes the memory of its blocks in flight. */
export interface BlockBuffers {
  /** Where the room begins in each of them. */
  readonly room: number;
  take(): Uint8Array<ArrayBuffer>;
  give(buffer: Uint8Array<ArrayBuffer>): void;
}

/** Buffers for blocks of these sizes. */
export function blockBuffers({ blockBytes, dictionaryBytes }: BlockSizes): BlockBuffers {
  const free: Uint8Array<ArrayBuffer>[] = [];
  const room = dictionaryBytes + blockBytes;
  return {
    room,
    take: () => free.pop() ?? new Uint8Array(room + compressBound(blockBytes)),
    give(buffer) {
      free.push(buffer);
    },
  };
}

/**
 * The most bytes that so many can become: five for every 16 KiB and some at the ends of what zlib stores, and less of
 * what zstd does (ZSTD_COMPRESSBOUND).
 */
function compressBound(bytes: number): number {
  return bytes + Math.ceil(bytes / 256) + 2048;
}

/** Compresses a block into its own buffer, and returns the number of bytes. */
export interface BlockCompressor {
  compress(block: Block): number;
  close(): void;
}
