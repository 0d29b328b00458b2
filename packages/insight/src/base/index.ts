export type { BaseDocument, BaseEvidence, SearchedStore } from './document.js';
export { type BaseCandidate, findBase } from './find-base.js';
