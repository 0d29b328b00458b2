export type { FileActions } from './place.js';
export { type ShowOptions, showReport } from './show-report.js';
