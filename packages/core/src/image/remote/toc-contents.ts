import { type BlobRanges, type Toc, tocContent } from '../../toc/index.js';
import type { LayerContents } from './layer-contents.js';

/** Returns the contents of a layer whose table of contents is known. */
export function tocContents(toc: Toc, blob: BlobRanges, stored: LayerContents['stored']): LayerContents {
  return {
    async *content(entry) {
      const found = toc.entries[entry];
      if (found !== undefined) yield* tocContent(blob, toc.format, found);
    },
    declaredDigest(entry) {
      const found = toc.entries[entry];
      return found === undefined ? null : (found.digest ?? found.chunks[0]?.digest ?? null);
    },
    stored,
  };
}
