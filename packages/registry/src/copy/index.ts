export {
  type BlobSource,
  type CopiedGraph,
  type CopyOptions,
  type CopySource,
  copyGraph,
} from './copy-graph.js';
export { copyReferrers } from './copy-referrers.js';
export { type DocumentedGraph, graphBlobs, graphDocuments } from './graph-documents.js';
export { describeGraph, type GraphArchive, graphImages } from './graph-images.js';
export { graphImagesWithIndex, originalIndex } from './graph-index.js';
export { graphStream } from './graph-stream.js';
export {
  blobsOf,
  fetchGraph,
  type GraphManifest,
  type ImageGraph,
  type PlatformChoice,
  presentBlobsOf,
  registryPath,
} from './image-graph.js';
export { type LayoutGraph, layoutGraph } from './layout-graph.js';
export { type PushCounts, type PushedImage, type PushOptions, pushImages } from './push-images.js';
