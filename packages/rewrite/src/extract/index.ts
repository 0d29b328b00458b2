export { checkDestination } from './destination.js';
export type { ExtractOptions } from './extract-tree.js';
export type { ExtractReport, NotDone, NotDoneKind } from './report.js';
