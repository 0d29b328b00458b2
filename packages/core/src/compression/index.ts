export { crc32 } from '#core/compression/crc32.js';
export { decompressStream } from './decompress-stream.js';
export type { AccessPoint, CompressedIndex, IndexedSpan } from './indexed/compressed-index.js';
export {
  buildIndex,
  createIndexBuilder,
  type IndexBuilder,
  type IndexOptions,
} from './indexed/index-builder.js';
export { decodeIndex, encodeIndex } from './indexed/index-format.js';
export { inflatedSource } from './indexed/inflated-source.js';
export { hasInternals, isHandleTested } from './node-handle.js';
export { openReference } from './open-reference.js';
export { type Compression, SNIFF_BYTES, sniffCompression } from './sniff.js';
