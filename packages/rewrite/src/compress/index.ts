export { type Block, type BlockCompressor, compressBound } from './block.js';
export { type CompressOptions, compressStream } from './compress-stream.js';
export { openZstd, type ZstdCompressor } from './zstd-block.js';
