export type {
  PullCostDocument,
  PulledImage,
  PulledLayer,
  PullTotals,
  PullUpdate,
  SameLayer,
} from './document.js';
export { type PullOptions, type PullSide, pullUpdate } from './pull-cost.js';
