import type { Block } from './block.js';
import { deflateBlock } from './deflate-block.js';
import { openZstd } from './zstd-block.js';

/** What blocks can be compressed with. */
export type BlockKind = 'gzip' | 'zstd';

/** Gives what a block becomes in the stream. The buffer of the result is the taker's. */
export type BlockCompressor = (block: Block, level: number) => Uint8Array<ArrayBuffer>;

/** Opens a compressor. The same block gives the same bytes in every thread of one version of Node. */
export async function openBlockCompressor(kind: BlockKind): Promise<BlockCompressor> {
  if (kind === 'gzip') return deflateBlock;
  const zstd = await openZstd();
  return ({ buffer, from, to }, level) => zstd.compress(buffer.subarray(from, to), level);
}
