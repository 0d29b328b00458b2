export { type AppendedImage, type AppendLayerOptions, appendLayer } from './append.js';
export { type ConfigureOptions, configureImage } from './configure.js';
export { exportRootfs, type RootfsTar } from './export.js';
export { extractRootfs } from './extract.js';
export { type RepackOptions, type Reproducible, repackImage } from './repack.js';
export { type SquashOptions, squashImage } from './squash.js';
