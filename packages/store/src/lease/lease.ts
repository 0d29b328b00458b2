import type { Digest } from '@layers/core/digest';

/** A process's word that it is at work in the store: what it claims is not collected as garbage. */
export interface Lease {
  /** Where its temporary files lie; null in a store that cannot be written to, where nobody collects anything. */
  readonly folder: string | null;
  /** Claims blobs, whether they are there or not; to be done before looking for them. */
  pin(digests: Iterable<Digest>): void;
}
