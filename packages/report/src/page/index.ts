export type { FileActions } from './place.js';
export { showReport } from './show-report.js';
export type { ShowOptions } from './show-views.js';
