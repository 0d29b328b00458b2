export { type CompressOptions, compressStream } from './compress-stream.js';
