import type { Removal } from '@layers/store/garbage';
import { escapeForTerminal } from '../output/escape.js';

/** Renders what docker rmi prints: `Untagged:` for removed tags, `Deleted:` for images and their blobs. */
export function* renderRemovals(removals: readonly Removal[]): Generator<string> {
  const images = new Set<string>();
  for (const removal of removals) {
    if (removal.kind === 'untagged') yield `Untagged: ${escapeForTerminal(removal.ref)}\n`;
    else if (removal.kind === 'image') {
      const id = removal.id ?? removal.manifestDigest;
      // Two manifests may have one config.
      if (!images.has(id)) yield `Deleted: ${id}\n`;
      images.add(id);
    } else if (!images.has(removal.digest)) yield `Deleted: ${removal.digest}\n`;
  }
}
