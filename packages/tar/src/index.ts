export type { EntryType, TarEntry } from './entry.js';
export { createSparseExpander, type ExpandableEntry, expandSparse, type SparseExpander } from './expand.js';
export { isTarHeader } from './header.js';
export { createTarParser, type ParserHandlers, type TarParser } from './parser.js';
export type { Extent, Sparse } from './sparse.js';
export { type WalkOptions, walkTar } from './walk.js';
export type { OnWarning, TarWarning, TarWarningCode } from './warning.js';
export type { SeekableBytes } from './window.js';
export { END_OF_TAR, encodeHeader, type NewEntry, type NewEntryType, paddingFor } from './write.js';
