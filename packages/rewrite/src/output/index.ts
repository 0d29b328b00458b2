export { withAtomicFile } from './atomic-file.js';
export { withBufferedWriter } from './gatherer.js';
export { makeFolders } from './make-folders.js';
export type { OutputFile, OutputFileOptions } from './output-file.js';
export { createPositionedFile } from './positioned-file.js';
export { holdTemporary } from './temporary.js';
export { systemCode, writeError, writing } from './write-error.js';
