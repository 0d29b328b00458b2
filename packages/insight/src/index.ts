export { findDuplicates } from './api/duplicates.js';
export { findFiles } from './api/find.js';
export type {
  DuplicateContent,
  DuplicateFile,
  DuplicatesDocument,
  DuplicatesTotals,
} from './duplicates/document.js';
export type { DuplicatesOptions } from './duplicates/find-duplicates.js';
export type { PathEventDocument } from './events/document.js';
export type { PathChange } from './events/path-events.js';
export type { FindDocument, FoundPath } from './find/document.js';
export type { FindFilters } from './find/filters.js';
export type { FindOptions } from './find/find-files.js';
