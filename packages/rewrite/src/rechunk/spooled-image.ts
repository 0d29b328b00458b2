import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReadImage, type ReadLayer, verifyLayers } from '@layers/core/image';
import { makeTemporaryDirectory, type TemporaryDirectory, writing } from '@layers/core/io';
import { copyToFile } from '../emit/copy-to-file.js';
import type { EmitOptions } from '../emit/emit-tar.js';
import { isSeekable } from '../emit/layer-cursor.js';

/** An image whose layers are read many times and in any order. */
export interface SpooledImage {
  /** Returns the image, each compressed layer as a temporary file. Decompresses at the first call. */
  open(): Promise<ReadImage>;
  /** Removes the temporary files. They are removed when the process exits too. */
  close(): void;
}

/**
 * Decompresses the layers of an image to temporary files, once, when they are first read. All digests are verified before
 * `open` resolves.
 *
 * @param isRead whether the layer at a position is read
 */
export function spoolImage(
  image: ReadImage,
  isRead: (position: number) => boolean,
  options: EmitOptions = {},
): SpooledImage {
  let opened: Promise<ReadImage> | null = null;
  let directory: TemporaryDirectory | null = null;
  return {
    open() {
      opened ??= spool();
      return opened;
    },
    close() {
      directory?.remove();
      directory = null;
      opened = null;
    },
  };

  async function spool(): Promise<ReadImage> {
    const read = image.layers.filter(({ position }) => isRead(position));
    await verifyLayers(image, read, options);
    const layers: ReadLayer[] = [];
    for (const layer of image.layers) {
      if (!read.includes(layer)) layers.push(layer);
      // Verified above: each tar that is made would verify it again.
      else if (isSeekable(layer)) layers.push({ ...layer, verified: true });
      else {
        directory ??= writing(tmpdir(), () => makeTemporaryDirectory());
        layers.push(await copyToFile(image, layer, join(directory.path, String(layer.position)), options));
      }
    }
    return { ...image, layers };
  }
}
