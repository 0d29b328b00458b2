export type { DuplicateContent, DuplicateFile, DuplicatesDocument, DuplicatesTotals } from './document.js';
export { type DuplicatesOptions, duplicatesDocument } from './find-duplicates.js';
