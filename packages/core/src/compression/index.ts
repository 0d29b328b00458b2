export { decompressStream } from './decompress-stream.js';
export { hasInternals, isHandleTried } from './node-handle.js';
export { type Compression, SNIFF_BYTES, sniffCompression } from './sniff.js';
