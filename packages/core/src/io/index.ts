export { monotonicMs } from '#core/io/clock.js';
export { atOnce } from './at-once.js';
export { type OutputDirectoryOptions, withAtomicDirectory } from './atomic-directory.js';
export { withAtomicFile } from './atomic-file.js';
export { type BufferedWriter, withBufferedWriter } from './buffered-writer.js';
export type {
  AsyncByteSource,
  ByteSource,
  OpenBytes,
  SourceFacts,
  SourceReference,
  SyncByteSource,
} from './byte-source.js';
export { withDirectWriter } from './direct-writer.js';
export { type Directory, openDirectory, openPath, type Place } from './directory.js';
export { fileSource, readFully } from './file-source.js';
export { fileState } from './file-state.js';
export { type KeptFile, KeptFiles, type Removed } from './kept-files.js';
export { limitInterim } from './limit-interim.js';
export { makeDirectories } from './make-directories.js';
export { memorySource } from './memory-source.js';
export { type NewFileOptions, writeNewFile } from './new-file.js';
export type { OutputFile, OutputFileOptions } from './output-file.js';
export { exactStatus, linkStatus, pathStatus } from './path-status.js';
export { rangeSource } from './range-source.js';
export { type RemoteBytes, remoteSource } from './remote-source.js';
export { type Spool, spoolStream, spoolTo } from './spool.js';
export { streamFile } from './stream-file.js';
export { type PeekedStream, peekStream, readHead } from './streams.js';
export { readError, reading, systemCode, systemReason, writeError, writing } from './system-errors.js';
export { makeTemporaryDirectory, removeOnExit, type TemporaryDirectory } from './temporary-files.js';
export { whileUnchanged } from './unchanged.js';
export { runEventLoop, Yielder, type YielderOptions } from './yielder.js';
