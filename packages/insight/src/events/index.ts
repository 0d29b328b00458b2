export type { PathEventDocument } from './document.js';
export type { PathChange } from './path-events.js';
