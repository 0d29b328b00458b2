import { type CopyContext, compressTar, layerDigests, uniqueLayers } from '@layers/rewrite/archive';
import type { NewImage } from '@layers/rewrite/image';
import type { LoadOptions } from './loaded-image.js';

/** What goes on while layers come into a store. Its digests must be closed. */
export interface LoadPassage extends CopyContext {
  /** Is told of bytes that are no progress; throws to end it all. */
  check(): void;
}

export function loadPassage(images: readonly NewImage[], options: LoadOptions): LoadPassage {
  const { signal, onProgress } = options;
  const totalBytes = onProgress === undefined ? null : bytesOf(images);
  let doneBytes = 0;
  return {
    compress: (tar, compression) => compressTar(tar, compression, { signal }),
    digests: layerDigests(),
    onBytes(bytes) {
      doneBytes += bytes;
      // What is damaged in the store is read there, and then once more where it comes from.
      onProgress?.({
        doneBytes: totalBytes === null ? doneBytes : Math.min(doneBytes, totalBytes),
        totalBytes,
      });
      signal?.throwIfAborted();
    },
    check: () => signal?.throwIfAborted(),
  };
}

function bytesOf(images: readonly NewImage[]): number | null {
  let total = 0;
  for (const layer of uniqueLayers(images)) {
    const bytes = layer.kind === 'existing' ? layer.size : layer.tarBytes;
    if (bytes === null) return null;
    total += bytes;
  }
  return total;
}
