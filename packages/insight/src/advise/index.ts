export { adviceDocument } from './advice-document.js';
export { type AdviseOptions, adviceBeside, type KnownSecrets } from './advise.js';
export { bestAdvice, type ShortAdvice } from './best/index.js';
export { ADVICE_CODES, type AdviceCode } from './codes.js';
export type {
  Advice,
  AdviceDocument,
  AdvicePath,
  AdviceTotals,
  LayerStep,
  StoringLayer,
} from './document.js';
export { foldedPaths, foldPaths, type PathWithBytes } from './folded-paths.js';
export { createClaims, visibleGroups } from './visible-groups.js';
export { type WastedGroup, wastedGroups } from './wasted-groups.js';
