import type { Store } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';

/**
 * The names of all images of a store, as docker shows them, each once, in the order of its index. Nothing but the index
 * is read. Hostile text.
 *
 * Throws as `listImages` does.
 */
export function listNames(store: Store): readonly string[] {
  const names = readStoreIndex(store).entries.flatMap(({ name }) => (name === null ? [] : [name]));
  return [...new Set(names)];
}
