export { asBlobError, withBlobErrors } from './blob-errors.js';
export { createImageFinder, findImage } from './find-image.js';
export { listImages, listNames } from './list-images.js';
export { openStoredArchive, readStoredImage } from './read-image.js';
export { findDescriptor } from './source-entry.js';
export type { FoundImage, StoredImage } from './stored-image.js';
export { type TagOptions, tagImage } from './tag-image.js';
