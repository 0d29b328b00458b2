export { type FileRange, openFileBytes, openRange, readError } from './file-bytes.js';
export { type Spool, spoolStream } from './spool.js';
