export { imageAsStored } from './kept-image.js';
