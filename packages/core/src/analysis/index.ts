export { type Analysis, analyse, refuseDamage } from './analysis.js';
export { type CatOptions, catFile } from './cat.js';
export { declaredBytes } from './declared-bytes.js';
export { declaredInspectDocument } from './declared-inspect.js';
export {
  type BaseWaste,
  type Check,
  type DeclaredInspectDocument,
  type DeclaredLayer,
  type HistoryDocument,
  type HistoryStep,
  type ImageInfo,
  type ImageListDocument,
  type ImageListItem,
  type InspectDocument,
  type LayerReport,
  type ListDocument,
  type ListedEntry,
  SCHEMA_VERSION,
  type Totals,
  type TreeDocument,
  type TreeNode,
  type VerifyDocument,
  type WasteDocument,
  type WasteItem,
} from './documents.js';
export { escapeJsonText } from './escape-json.js';
export { exactJson } from './exact-json.js';
export { allFindings, findingsOfLayers } from './findings.js';
export { declaredHistoryDocument, historyDocument } from './history.js';
export { imageInfo, instructionsOfLayers, platformFields, stepsOfLayers } from './image-info.js';
export { imageListDocument } from './image-list.js';
export { inspectDocument, layerReports } from './inspect.js';
export { jsonText } from './json-text.js';
export { describeEntry, type ListOptions, layerAt, listEntries, listHead, pathNotFound } from './list.js';
export { lookUpFiles, lookUpList, uniteForPaths } from './look-up.js';
export { parseInspectDocument } from './parse-inspect.js';
export { editDistance, hintOfSimilarPaths } from './similar-paths.js';
export { type TreeOptions, treeDocument } from './tree.js';
export { verifyArchive, verifyOpenArchive } from './verify.js';
export { type WastedContents, wasteDocument, wastedContents } from './waste.js';
