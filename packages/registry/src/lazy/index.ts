export type { KnownLayers } from './known-layers.js';
export { type Comparing, type LazyOptions, openLazily } from './lazy-image.js';
export { isListed, type ListedOptions, openListed } from './listed-image.js';
