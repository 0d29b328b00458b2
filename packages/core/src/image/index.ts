export { createUsage, type Limits, type Usage } from '../rootfs/limits.js';
export {
  type ArchiveFile,
  type ArchiveReader,
  type LayerBytes,
  MAX_FILES,
} from './archive/archive-reader.js';
export { blobName, digestOfBlobName } from './archive/blob-names.js';
export { MAX_TRAILING_BYTES, TailLimit, withBoundedTail } from './archive/bounded-tail.js';
export type { ImageChoice, SourceInfo } from './archive/source-info.js';
export { DEFAULT_CACHE_BYTES, LayerCache, type LayerCacheOptions } from './cache/layer-cache.js';
export type { LayerPlace } from './cache/layer-place.js';
export { canonicalDigests } from './contents/canonical-digests.js';
export { type ContentPlace, createContentComparer } from './contents/compare-contents.js';
export {
  createContentReader,
  hasContents,
  readContent,
  seekableTar,
  tarForContents,
} from './contents/content.js';
export { layerStored, layerTar, layerTars } from './contents/layer-bytes.js';
export { MAX_MANIFESTS } from './describe/describe-oci.js';
export type {
  ArtifactDescription,
  ImageDescription,
  LayerDescription,
  UnreadableImage,
} from './describe/description.js';
export { type ImageQuery, selectImage, selectImageOrArtifact } from './describe/select-image.js';
export { knownLayers } from './known-layers.js';
export { type HashThread, openHashThread, type ThreadDigester } from './layers/hash-thread.js';
export { compressionOf } from './layers/index-layer.js';
export { WORTH_THREADS_BYTES } from './layers/index-layers.js';
export { errorOf } from './layers/layer-index.js';
export type { ContentSink, LayerObserver } from './layers/layer-observer.js';
export {
  type Archive,
  type ArchiveInput,
  archiveOf,
  describeArchive,
  openArchive,
  openArchiveReader,
  type Progress,
  type ReadOptions,
} from './open-archive.js';
export { contentKind } from './other-content/content-kind.js';
export { MAGIC_BYTES } from './other-content/magic-numbers.js';
export {
  changesetOf,
  type ReadImage,
  type ReadImageOptions,
  type ReadLayer,
  readImage,
} from './read-image.js';
export { type ImageInArchive, readPair } from './read-pair.js';
export type { LayerContents } from './remote/layer-contents.js';
export {
  keptLayer,
  layerOfToc,
  layerOfZtoc,
  type RemoteLayer,
  type RemoteReading,
  streamedLayer,
} from './remote/remote-layer.js';
export { layersHint, upToLayer } from './up-to-layer.js';
export { layerMismatch, type VerifyOptions, verifyLayers } from './verify-layers.js';
