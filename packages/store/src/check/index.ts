export type { CheckOptions, StoreCheck, StoreTrouble, StoreTroubleKind } from './check-report.js';
export { checkStore } from './check-store.js';
