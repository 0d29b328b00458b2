import { commitIndex } from '../layout/commit-index.js';
import { isDiskFull } from '../layout/disk-full.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import { readStoreIndex, type StoreIndex } from '../layout/store-index.js';
import type { HeldLease } from '../lease/with-lease.js';

/**
 * Removes entries from the index, then the blobs that only they need. On a full disk, the new index may not fit: there the
 * blobs are removed first. If the process is killed in between, the removed images stay in the index, and are reported as
 * damaged. The caller holds the store's lock.
 *
 * @param plan decides what to remove
 * @param collect removes the blobs, and returns what was removed
 */
export async function commitRemovals<Plan extends { readonly entries: readonly IndexEntry[] }, Collected>(
  store: Store,
  lease: HeldLease,
  plan: (index: StoreIndex) => Plan,
  collect: (planned: Plan) => Collected,
): Promise<{ readonly planned: Plan; readonly collected: Collected }> {
  try {
    const planned = await commitIndex(store, lease, plan);
    return { planned, collected: collect(planned) };
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    const index = readStoreIndex(store);
    const planned = plan(index);
    const collected = collect(planned);
    // The documents of the removed images are gone: the plan is not made again for the same index.
    await commitIndex(store, lease, (again) => (again.identity === index.identity ? planned : plan(again)));
    return { planned, collected };
  }
}
