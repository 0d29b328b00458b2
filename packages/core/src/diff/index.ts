export { type ChangedNodes, findChangedNodes } from './changed-nodes.js';
export { compareSections } from './compare-sections.js';
export { withSharedLayers } from './compared-images.js';
export { categoryOf } from './config/config-categories.js';
export type { ConfigChange } from './config/config-changes.js';
export { compareImages, type DiffOptions } from './diff.js';
export { type DockerChange, type DockerDiff, dockerDiff } from './docker-diff.js';
export {
  type DiffDocument,
  type DiffSide,
  type FileChange,
  type FileField,
  type FileValues,
  type LayerReference,
  type LayersDiff,
  type PackagesDiff,
  SECTIONS,
  type Section,
} from './document.js';
export { type ContentPairs, differentContents } from './files/decide-contents.js';
export { comparesContents, differingFields, fieldSet, fieldsIn } from './files/file-fields.js';
export { type HistoryChange, isBuilderMark } from './history/history-changes.js';
export { IGNORABLE, IGNORABLE_TEXT, IGNORED_BY_DEFAULT, type Ignorable, REPRODUCIBLE } from './ignorable.js';
export { compareLayers } from './layers/layers-diff.js';
export type { PackageChange } from './packages/package-changes.js';
export { fileAt, packageTreeOf } from './packages/package-tree.js';
export { PATCH_LIMIT_BYTES, type TextPatch, textPatch } from './patch/text-patch.js';
export { createPathMatcher } from './paths/path-filter.js';
export { ALL_PATHS } from './paths/selected-paths.js';
