export { imageAsStored } from './image-as-stored.js';
