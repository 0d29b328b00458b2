export type { Addition, AppendOptions, AppendPlan, Owner } from './append-options.js';
export { identityOf, readUnchanged, statSource } from './file-identity.js';
