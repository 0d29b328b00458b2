export { type AdviseOptions, adviceDocument, bestAdvice, type ShortAdvice } from './advise.js';
export { ADVICE_CODES, type AdviceCode } from './codes.js';
export type {
  Advice,
  AdviceDocument,
  AdvicePath,
  AdviceTotals,
  LayerStep,
  StoringLayer,
} from './document.js';
export { foldPaths, type PathWithBytes } from './folded-paths.js';
