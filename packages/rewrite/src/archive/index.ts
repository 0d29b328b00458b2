export { type ArchiveFormat, withOciManifest } from './archive-documents.js';
export { compressTar } from './compress-tar.js';
export { type CompressTar, type CopyContext, copyLayer } from './copy-layer.js';
export { type ImageDocuments, imageDocuments, jsonBytes } from './image-documents.js';
export { createLayerDigests } from './layer-digests.js';
export { knownFacts, type LayerFacts, uniqueLayers } from './layer-facts.js';
export { plannedBytes } from './planned-bytes.js';
export { type TagNames, tagNames } from './tag-names.js';
export { type OutputTarget, type WriteOptions, writeImages } from './write-images.js';
