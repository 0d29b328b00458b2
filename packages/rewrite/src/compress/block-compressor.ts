import type { BlockCompressor } from './block.js';
import { openDeflate } from './deflate-block.js';
import { openZstd } from './zstd-block.js';

/** What blocks can be compressed with. */
export type BlockKind = 'gzip' | 'zstd';

/** Opens a compressor. The same block gives the same bytes in every thread of one version of Node. */
export async function openBlockCompressor(kind: BlockKind, level: number): Promise<BlockCompressor> {
  return kind === 'gzip' ? openDeflate(level) : openZstd(level);
}
