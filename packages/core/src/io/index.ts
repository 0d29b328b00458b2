export { atOnce } from './at-once.js';
export { type OutputDirectoryOptions, withAtomicDirectory } from './atomic-directory.js';
export { withAtomicFile } from './atomic-file.js';
export { type BufferedWriter, withBufferedWriter } from './buffered-writer.js';
export {
  type FileBytes,
  type FileRange,
  openFileBytes,
  openRange,
  rangeChunks,
  readFully,
} from './file-bytes.js';
export { limitInterim } from './limit-interim.js';
export { makeDirectories } from './make-directories.js';
export { type NewFileOptions, writeNewFile } from './new-file.js';
export type { OutputFile, OutputFileOptions } from './output-file.js';
export { type Spool, spoolStream } from './spool.js';
export { type PeekedStream, peekStream, readHead, streamFile } from './streams.js';
export { readError, reading, systemCode, systemReason, writeError, writing } from './system-errors.js';
export { makeTemporaryDirectory, removeOnExit, type TemporaryDirectory } from './temporary-files.js';
export { runEventLoop, Yielder, type YielderOptions } from './yielder.js';
