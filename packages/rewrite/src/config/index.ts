export { parseDuration } from './durations.js';
export type { ConfigEdits } from './edits.js';
export { type ConfigFlags, createdFromEpoch, type ParsedConfigFlags, parseConfigFlags } from './flags.js';
export type { NewStep } from './history.js';
