export { timeFromEpoch } from './created-time.js';
export type { Command, ConfigEdits, PlatformEdit } from './edits.js';
export type { NewStep } from './history.js';
export { portKeys, portMatcher } from './ports.js';
