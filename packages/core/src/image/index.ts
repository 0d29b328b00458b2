export {
  type Archive,
  type ArchiveInput,
  describeArchive,
  openArchive,
  openMembers,
  type Progress,
  type ReadOptions,
} from './archive.js';
export { blobName, digestOfBlobName } from './blob-names.js';
export { createContentReader, layerStored, layerTar, readContent } from './content.js';
export type { ImageDescription, LayerDescription } from './description.js';
export { type HashThread, openHashThread, type ThreadDigester } from './hash-thread.js';
export { WORTH_THREADS_BYTES } from './index-layers.js';
export type { ArchiveReader } from './members.js';
export { changesetOf, type ReadImage, type ReadLayer, readImage } from './read-image.js';
export { type ImageInArchive, readPair } from './read-pair.js';
export { type ImageQuery, selectImage } from './select.js';
export type { ImageChoice, SourceInfo } from './source-info.js';
export { upToLayer } from './up-to-layer.js';
