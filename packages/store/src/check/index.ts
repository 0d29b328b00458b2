export { checkStore } from './check-store.js';
export type { CheckOptions, StoreCheck, StoreTrouble, StoreTroubleKind } from './store-check.js';
