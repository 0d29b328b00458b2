export type { FindDocument, FoundPath } from './document.js';
export { createStateFilter, type FindFilters } from './filters.js';
export { type FindOptions, findDocument, matchingPaths } from './find-files.js';
