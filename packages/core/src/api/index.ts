export type { LayerOptions } from '../image/open-archive.js';
export { type Image, imageOf, readingOf } from './image.js';
