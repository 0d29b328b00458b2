export { type AppendedImage, type AppendLayerOptions, appendedImage } from './append.js';
export { type ConfigureOptions, configuredImage, removalsWithoutEffect } from './configure.js';
export { exportRootfs, type RootfsTar } from './export.js';
export { extractRootfs } from './extract.js';
export {
  type RechunkedImage,
  type RechunkOptions,
  type RechunkReport,
  rechunkedImage,
} from './rechunk.js';
export { copiedImage, type RepackOptions, type Reproducible, repackedImage } from './repack.js';
export { type SquashOptions, squashedImage } from './squash.js';
