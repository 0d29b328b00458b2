export { decompressStream } from './decompress-stream.js';
export { hasInternals, isHandleTested } from './node-handle.js';
export { type Compression, SNIFF_BYTES, sniffCompression } from './sniff.js';
