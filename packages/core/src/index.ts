export { type ErrorCode, isLayersError, LayersError } from '@layers/errors';
export {
  type BaseWaste,
  type Check,
  type HistoryDocument,
  type HistoryStep,
  type ImageInfo,
  type InspectDocument,
  type LayerReport,
  type ListedEntry,
  SCHEMA_VERSION,
  type Totals,
  type TreeDocument,
  type TreeNode,
  type VerifyDocument,
  type WasteDocument,
  type WasteItem,
} from './analysis/documents.js';
export type { ListOptions } from './analysis/list.js';
export type { TreeOptions } from './analysis/tree.js';
export type { ConfigFile, ConfigHistory, ExecutionConfig } from './api/config-file.js';
export { diffImages } from './api/diff.js';
export { fileTree, listFiles, type ReadFileOptions, readFile, streamFile } from './api/files.js';
export type { Image } from './api/image.js';
export type { ImageManifest, OciDescriptor } from './api/image-manifest.js';
export {
  findWaste,
  type InspectOptions,
  imageHistory,
  inspectImage,
  type WasteOptions,
} from './api/inspect.js';
export type { Layer } from './api/layer.js';
export { type ImageSource, type OpenOptions, openImage, openImages } from './api/open-image.js';

export { verifyArchive, verifyImage } from './api/verify.js';
export type { Compression } from './compression/sniff.js';
export type { ConfigChange } from './diff/config/config-changes.js';
export type { DiffOptions } from './diff/diff.js';
export type {
  DiffDocument,
  DiffSide,
  FileChange,
  FileField,
  FileValues,
  LayerReference,
  LayersDiff,
  PackagesDiff,
  Section,
} from './diff/document.js';
export type { HistoryChange } from './diff/history/history-changes.js';
export type { Ignorable } from './diff/ignorable.js';
export type { PackageChange } from './diff/packages/package-changes.js';
export type { Digest } from './digest/digest.js';
export type { PackageSystem } from './distro/installed-package.js';
export type { FindingCode } from './findings/codes.js';
export type { Finding } from './findings/finding.js';
export type { SourceInfo } from './image/archive/source-info.js';
export type { ImageQuery } from './image/describe/select-image.js';
export type { LayerOptions, Progress } from './image/open-archive.js';
export type {
  AsyncByteSource,
  ByteSource,
  OpenBytes,
  SourceFacts,
  SourceReference,
  SyncByteSource,
} from './io/byte-source.js';
export { fileSource } from './io/file-source.js';
export { rangeSource } from './io/range-source.js';
export { type RemoteBytes, remoteSource } from './io/remote-source.js';
export { formatPlatform, type Platform, parsePlatform } from './oci/platform.js';
export type { NodeType } from './rootfs/kind.js';
export type { Limits } from './rootfs/limits.js';
export type { WasteCause } from './rootfs/waste-list.js';
