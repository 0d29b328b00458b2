import type { StoreBlob } from '@layers/store/layout';
import type { PruneDocument } from '../documents/prune.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';

/** Renders what was or would be deleted, what is kept although unused, and the reclaimed bytes, as docker prune does. */
export function* renderPrune(document: PruneDocument, view: View): Generator<string> {
  const { images, blobs, dryRun, keptByGrace, keptByLease, unreadable, abandonedUploads } = document;
  const deleted = dryRun ? 'Would be deleted' : 'Deleted';
  const printed = new Set<string>();
  for (const { id, manifestDigest } of images) {
    printed.add(id ?? manifestDigest);
    yield `${deleted}: ${id ?? manifestDigest}\n`;
  }
  for (const { digest } of blobs) if (!printed.has(digest)) yield `${deleted}: ${digest}\n`;
  if (abandonedUploads > 0) yield `${deleted}: ${counted(abandonedUploads, 'interrupted upload')}\n`;
  if (keptByGrace.length > 0) {
    yield `${kept(keptByGrace, view)} younger than the grace period: --grace 0 deletes them too\n`;
  }
  if (keptByLease.length > 0) yield `${kept(keptByLease, view)} in use by other processes\n`;
  for (const { digest, message } of unreadable) {
    yield `${view.colours.red('unreadable:')} ${digest}: ${escapeForTerminal(message)}\n`;
  }
  if (unreadable.length > 0)
    yield 'No blob was deleted, because an unreadable image does not show which blobs it needs.\n';
  const total = dryRun ? 'Total that would be reclaimed' : 'Total reclaimed space';
  yield `${total}: ${view.bytes(document.reclaimedBytes)}\n`;
}

function kept(blobs: readonly StoreBlob[], view: View): string {
  const bytes = blobs.reduce((sum, { sizeBytes: size }) => sum + size, 0);
  return `Kept: ${counted(blobs.length, 'blob')} (${view.bytes(bytes)})`;
}
