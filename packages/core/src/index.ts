export { isLayersError, LayersError } from '@layers/tar';
export { type Analysis, analyse } from './analysis/analysis.js';
export { type CatOptions, catFile } from './analysis/cat.js';
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
} from './analysis/documents.js';
export { FINDING_SEVERITY, type FindingCode } from './analysis/findings.js';
export { historyDocument } from './analysis/history.js';
export { inspectDocument } from './analysis/inspect.js';
export { type ListOptions, listEntries, listHead } from './analysis/list.js';
export { type TreeOptions, treeDocument } from './analysis/tree.js';
export { verifyArchive } from './analysis/verify.js';
export { wasteDocument } from './analysis/waste.js';
export { type Spool, spoolStream } from './bytes/spool.js';
export type { ConfigChange } from './diff/config-changes.js';
export { type DiffOptions, diffImages } from './diff/diff.js';
export { type DockerChange, type DockerDiff, dockerDiff } from './diff/docker-diff.js';
export {
  type DiffDocument,
  type DiffFinding,
  type DiffSide,
  type DiffTotals,
  type FileChange,
  type FileField,
  type FileValues,
  type IgnoredDifferences,
  type LayerReference,
  type LayersDiff,
  type PackagesDiff,
  type SameTreeLayers,
  SECTIONS,
  type Section,
  type SharedLayer,
} from './diff/document.js';
export type { HistoryChange } from './diff/history-changes.js';
export {
  IGNORABLE,
  IGNORABLE_TEXT,
  IGNORED_BY_DEFAULT,
  type Ignorable,
  REPRODUCIBLE,
} from './diff/ignorable.js';
export type { InstalledPackage } from './distro/installed-package.js';
export {
  comparePackages,
  type PackageChange,
  type PackageList,
  type PackageSystem,
} from './distro/package-changes.js';
export type { PackageTree } from './distro/package-tree.js';
export { type PackageDatabase, readPackages } from './distro/read-packages.js';
export {
  type Archive,
  type ArchiveInput,
  openArchive,
  type Progress,
  type ReadOptions,
} from './image/archive.js';
export type { ImageDescription, LayerDescription } from './image/description.js';
export { type ReadImage, readImage } from './image/read-image.js';
export { type ImageInArchive, readPair } from './image/read-pair.js';
export { type ImageQuery, selectImage } from './image/select.js';
export type { ImageChoice, SourceInfo } from './image/source-info.js';
export { upToLayer } from './image/up-to-layer.js';
