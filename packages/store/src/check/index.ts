export type { CheckOptions, StoreCheck } from './check-report.js';
export { checkStore } from './check-store.js';
