export { isLayersError, LayersError } from '@layers/errors';
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
export { imageInfo } from './analysis/image-info.js';
export { inspectDocument } from './analysis/inspect.js';
export { type ListOptions, listEntries, listHead } from './analysis/list.js';
export { pathFields } from './analysis/text.js';
export { type TreeOptions, treeDocument } from './analysis/tree.js';
export { verifyArchive, verifyOpenArchive } from './analysis/verify.js';
export { wasteDocument } from './analysis/waste.js';
export { decompressStream } from './compression/decompress-stream.js';
export { hasInternals, isHandleTried } from './compression/node-handle.js';
export { type Compression, SNIFF_BYTES, sniffCompression } from './compression/sniff.js';
export { categoryOf } from './diff/config-categories.js';
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
export { type HistoryChange, isBuilderMark } from './diff/history-changes.js';
export {
  IGNORABLE,
  IGNORABLE_TEXT,
  IGNORED_BY_DEFAULT,
  type Ignorable,
  REPRODUCIBLE,
} from './diff/ignorable.js';
export {
  algorithmOf,
  type ComputableAlgorithm,
  computableAlgorithmOf,
  type Digest,
  hexOf,
  isDigest,
  parseDigest,
} from './digest/digest.js';
export { createDigester, type Digester, digestOf } from './digest/digester.js';
export type { InstalledPackage } from './distro/installed-package.js';
export {
  comparePackages,
  type PackageChange,
  type PackageList,
  type PackageSystem,
} from './distro/package-changes.js';
export type { PackageTree } from './distro/package-tree.js';
export { type PackageDatabase, readPackages } from './distro/read-packages.js';
export type { ArchiveReader } from './image/archive/archive-reader.js';
export { blobName, digestOfBlobName } from './image/archive/blob-names.js';
export type { ImageChoice, SourceInfo } from './image/archive/source-info.js';
export { createContentReader, layerStored, layerTar, readContent } from './image/contents/content.js';
export type { ImageDescription, LayerDescription } from './image/describe/description.js';
export { type ImageQuery, selectImage } from './image/describe/select-image.js';
export { type HashThread, openHashThread, type ThreadDigester } from './image/layers/hash-thread.js';
export { WORTH_THREADS_BYTES } from './image/layers/index-layers.js';
export {
  type Archive,
  type ArchiveInput,
  describeArchive,
  openArchive,
  openMembers,
  type Progress,
  type ReadOptions,
} from './image/open-archive.js';
export { changesetOf, type ReadImage, type ReadLayer, readImage } from './image/read-image.js';
export { type ImageInArchive, readPair } from './image/read-pair.js';
export { upToLayer } from './image/up-to-layer.js';
export { type FileRange, openFileBytes, openRange } from './io/file-bytes.js';
export { type Spool, spoolStream } from './io/spool.js';
export { IMAGE_NAME, REF_NAME } from './oci/annotations.js';
export { isAttestation, isImageManifest } from './oci/attestation.js';
export { type ImageConfig, parseConfig, platformOfConfig } from './oci/config.js';
export type { Descriptor } from './oci/descriptor.js';
export { type HistoryEntry, joinHistory } from './oci/history.js';
export { parseIndex } from './oci/index-document.js';
export { cleanInstruction } from './oci/instruction.js';
export { MAX_JSON_BYTES, parseJson } from './oci/json.js';
export { type Manifest, parseManifest } from './oci/manifest.js';
export {
  compressionOfMediaType,
  DOCKER_CONFIG,
  DOCKER_LAYER,
  DOCKER_LAYER_GZIP,
  DOCKER_LAYER_ZSTD,
  DOCKER_MANIFEST,
  isIndex,
  isManifest,
  isNonDistributable,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_LAYER_ZSTD,
  OCI_MANIFEST,
} from './oci/media-types.js';
export { formatPlatform, hostPlatform, type Platform, parsePlatform } from './oci/platform.js';
export { platformRank } from './oci/platform-match.js';
export {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  type Reference,
  tryParseReference,
  withDefaultTag,
} from './oci/reference.js';
export {
  type Changeset,
  contentBytesOf,
  dataOffsetOf,
  linkTargetOf,
  pathOf,
  storedSizeOf,
} from './rootfs/changeset.js';
export { ChangesetIndexer } from './rootfs/changeset-indexer.js';
export type { LayerFinding } from './rootfs/finding.js';
export { Kind } from './rootfs/kind.js';
export { NONE, type NodeTable, ROOT } from './rootfs/node-table.js';
export { splitPath } from './rootfs/path.js';
export { childrenOf, findNode, nodePath, walkNodes } from './rootfs/rootfs.js';
export { type Union, uniteLayers } from './rootfs/union.js';
export { markerOf } from './rootfs/whiteout.js';
