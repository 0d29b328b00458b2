export type { Addition, AppendFinding, AppendOptions, AppendPlan, Owner } from './append-options.js';
export { readStamped, stampOf, statSource } from './file-stamp.js';
export { parseAddition, parseMode, parseOwner } from './parse-words.js';
