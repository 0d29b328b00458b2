export type { BaseDocument, BaseEvidence } from './document.js';
export { type BaseCandidate, findBase } from './find-base.js';
