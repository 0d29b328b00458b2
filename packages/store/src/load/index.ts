export { type BlobCounts, type LoadedImage, type LoadOptions, loadImages } from './load-images.js';
