export type { PathEventDocument } from './document.js';
export { type PathChange, type PathEvent, PathEvents, type PathState } from './path-events.js';
