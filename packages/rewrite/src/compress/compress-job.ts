import type { Block } from './block.js';
import type { BlockKind } from './block-compressor.js';

/** A task for a worker thread. Plain data; the block's buffer is transferred, not copied. */
export interface CompressJob {
  readonly kind: BlockKind;
  readonly level: number;
  readonly block: Block;
}

/** The result of a task. */
export interface CompressedBlock {
  /** The block's buffer, which is transferred back. */
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** Start of the compressed block in `buffer`. */
  readonly start: number;
  /** Size of the compressed block. */
  readonly bytes: number;
}
