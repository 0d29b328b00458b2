import type { CacheInfoDocument, CachePruneDocument } from '../documents/cache.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';

const NONE = 'no cache: LAYERS_CACHE is off, or there is no home directory\n';

/** Renders where the cache is, and how full. */
export function* renderCacheInfo(document: CacheInfoDocument, view: View): Generator<string> {
  const { path, files, sizeBytes, limitBytes } = document;
  if (path === null) {
    yield NONE;
    return;
  }
  yield `path   ${escapeForTerminal(path)}\n`;
  yield `size   ${view.bytes(sizeBytes)} in ${counted(files, 'file')}\n`;
  yield `limit  ${view.bytes(limitBytes)}\n`;
}

/** Renders what was or would be removed, as `layers prune` does. */
export function* renderCachePrune(document: CachePruneDocument, view: View): Generator<string> {
  const { path, dryRun, removedFiles, reclaimedBytes } = document;
  if (path === null) {
    yield NONE;
    return;
  }
  yield `${dryRun ? 'Would be deleted' : 'Deleted'}: ${counted(removedFiles, 'file')}\n`;
  yield `${dryRun ? 'Total that would be reclaimed' : 'Total reclaimed space'}: ${view.bytes(reclaimedBytes)}\n`;
}
