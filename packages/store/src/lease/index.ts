export { withLease } from './held-lease.js';
export type { Lease } from './lease.js';
