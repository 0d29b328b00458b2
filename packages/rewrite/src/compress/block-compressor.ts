import type { BlockCompressor } from './block.js';
import { openDeflate } from './deflate-block.js';
import { openZstd } from './zstd-block.js';

/** The compression of a block. */
export type BlockKind = 'gzip' | 'zstd';

/** Opens a compressor. In one version of Node, the same block gives the same bytes in every thread. */
export async function openBlockCompressor(kind: BlockKind, level: number): Promise<BlockCompressor> {
  return kind === 'gzip' ? openDeflate(level) : openZstd(level);
}
