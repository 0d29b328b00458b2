export { type Image, imageOf, readingOf } from './image.js';
export type { LayerOptions } from './reading.js';
