export { type LazyOptions, openLazily } from './lazy-image.js';
