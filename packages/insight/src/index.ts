export { findDuplicates } from './api/duplicates.js';
export type {
  DuplicateContent,
  DuplicateFile,
  DuplicatesDocument,
  DuplicatesTotals,
} from './duplicates/document.js';
export type { DuplicatesOptions } from './duplicates/find-duplicates.js';
