export { cycloneDxText } from './cyclonedx.js';
export type { SbomOptions } from './options.js';
export { spdxText } from './spdx.js';
