import type { Block } from './block.js';
import type { BlockKind } from './block-compressor.js';

/** What a thread is asked to do. Plain data; the block's buffer is moved, not copied. */
export interface CompressJob {
  readonly kind: BlockKind;
  readonly level: number;
  readonly block: Block;
}

/** What it answers: the compressed block, and the buffer it was given. Both are moved. */
export interface CompressedBlock {
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly buffer: Uint8Array<ArrayBuffer>;
}
