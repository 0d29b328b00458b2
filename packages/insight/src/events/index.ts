export type { PathEventDocument } from './document.js';
export { inodeOf, type PathChange, type PathEvent, PathEvents, type PathState } from './path-events.js';
