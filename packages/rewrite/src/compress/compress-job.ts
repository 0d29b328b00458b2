import type { Block } from './block.js';
import type { BlockKind } from './block-compressor.js';

/** What a thread is asked to do. Plain data; the block's buffer is moved, not copied. */
export interface CompressJob {
  readonly kind: BlockKind;
  readonly level: number;
  readonly block: Block;
}

/** What it answers: the buffer that it was given, which is moved again, and where in it the compressed block lies. */
export interface CompressedBlock {
  readonly buffer: Uint8Array<ArrayBuffer>;
  readonly room: number;
  readonly bytes: number;
}
