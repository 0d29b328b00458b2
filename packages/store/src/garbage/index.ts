export { pruneStore } from './prune.js';
export type { PruneOptions, PruneReport, Removal, RemoveOptions } from './prune-report.js';
export { removeImages } from './remove-images.js';
