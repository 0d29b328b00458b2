export type { FindDocument, FoundPath } from './document.js';
export { createStateFilter, type FindFilters } from './filters.js';
export { type FindOptions, findDocument } from './find-files.js';
