export { type LazyOptions, openLazily } from './lazy-image.js';
export { isListed, type ListedOptions, openListed } from './listed-image.js';
