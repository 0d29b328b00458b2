export type { Lease } from './lease.js';
export { withLease } from './with-lease.js';
