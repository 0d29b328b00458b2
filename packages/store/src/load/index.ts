export { loadImages } from './load-images.js';
export type { BlobCounts, LoadedImage, LoadOptions } from './loaded-image.js';
