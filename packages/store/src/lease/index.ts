export { type Lease, type OpenLease, openLease, withLease } from './with-lease.js';
