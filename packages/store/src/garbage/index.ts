export type { Removal, RemoveOptions } from './plan-removals.js';
export { type PruneOptions, type PruneReport, pruneStore } from './prune.js';
export { removeImages } from './remove-images.js';
