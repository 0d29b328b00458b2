export {
  type GraphBlob,
  type GraphDocument,
  type LoadableGraph,
  type LoadedGraph,
  loadGraph,
} from './load-graph.js';
export { loadImages } from './load-images.js';
export type { BlobCounts, LoadedImage, LoadOptions } from './loaded-image.js';
