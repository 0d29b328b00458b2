/** Part of a stream that is compressed by itself, in any thread. Plain data. */
export interface Block {
  /** What goes before the block in the stream, `from` bytes of it, and then the block. Its owner's alone. */
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** Where the block begins in `buffer`: what is before it serves as its dictionary. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
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
  take(): Uint8Array<ArrayBuffer>;
  give(buffer: Uint8Array<ArrayBuffer>): void;
}

/** Buffers for blocks of these sizes. */
export function blockBuffers(sizes: BlockSizes): BlockBuffers {
  const free: Uint8Array<ArrayBuffer>[] = [];
  return {
    take: () => free.pop() ?? new Uint8Array(sizes.dictionaryBytes + sizes.blockBytes),
    give(buffer) {
      free.push(buffer);
    },
  };
}
