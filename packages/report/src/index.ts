export {
  type ComparisonDocuments,
  comparisonReport,
  imageReport,
  type ReportDocuments,
} from './collect/index.js';
export { decodeReport, encodeReport, type ReportData } from './data/index.js';
export { type PageAssets, reportHtml } from './html/index.js';
