export {
  type Changeset,
  contentBytesOf,
  dataOffsetOf,
  linkTargetOf,
  pathOf,
  type StoredEntry,
  storedSizeOf,
} from './changeset.js';
export { ChangesetIndexer } from './changeset-indexer.js';
export { bytesColumn, growTogether, indexColumn, numbersColumn } from './columns.js';
export { DirectoryTable } from './directory-table.js';
export { Kind, type NodeType, nodeTypeOf } from './kind.js';
export { NONE, type NodeTable, ROOT } from './node-table.js';
export { splitPath } from './path.js';
export { childNamed, childrenOf, findNode, nodePath, resolvePath, splitNames, walkNodes } from './rootfs.js';
export { type LayerObserver, type MergedTree, type Union, uniteLayers } from './union.js';
export { markerOf } from './whiteout.js';
