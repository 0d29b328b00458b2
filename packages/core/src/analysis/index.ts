export { type Analysis, analyse } from './analysis.js';
export { type CatOptions, catFile } from './cat.js';
export type {
  Check,
  Finding,
  HistoryDocument,
  HistoryStep,
  ImageInfo,
  InspectDocument,
  LayerReport,
  ListDocument,
  ListedEntry,
  Totals,
  TreeDocument,
  TreeNode,
  VerifyDocument,
  WasteByCause,
  WasteDocument,
  WasteItem,
} from './documents.js';
export { FINDING_SEVERITY, type FindingCode } from './findings.js';
export { historyDocument } from './history.js';
export { imageInfo } from './image-info.js';
export { inspectDocument } from './inspect.js';
export { type ListOptions, listEntries, listHead } from './list.js';
export { pathFields } from './text.js';
export { type TreeOptions, treeDocument } from './tree.js';
export { verifyArchive, verifyOpenArchive } from './verify.js';
export { wasteDocument } from './waste.js';
