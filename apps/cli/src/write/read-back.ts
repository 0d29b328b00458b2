import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareImages, type Ignorable } from '@layers/core/diff';
import { openArchive, type ReadImage, type ReadOptions, readImage } from '@layers/core/image';
import { withContext } from '@layers/errors';
import type { WrittenImage } from '@layers/rewrite/image';
import { CommandError } from '../command-error.js';

/** The written output, as a reader finds it. */
export interface ReadBack {
  /** Bytes of the archive, or of all files of a layout. */
  readonly bytes: number;
  /** Whether every root file system is what it was before; null where nobody asked. */
  readonly sameRootfs: boolean | null;
}

/**
 * Opens the written output as any reader would, and finds every image in it. Throws
 * ERR_LAYERS_WRITE_OUTPUT where one is missing, and what reading throws.
 *
 * @param before the images that were changed, in the order of `results`
 * @param check what root file systems may differ in; null where they are not compared
 */
export async function readBack(
  before: readonly ReadImage[],
  results: readonly WrittenImage[],
  path: string,
  check: readonly Ignorable[] | null,
  options: ReadOptions,
): Promise<ReadBack> {
  try {
    const archive = await openArchive({ path }, options);
    let sameRootfs: boolean | null = null;
    for (const [i, { id, layers }] of results.entries()) {
      const description = archive.images.find(
        (image) => image.id === id && image.layers.every((layer, n) => layer.diffId === layers[n]?.diffId),
      );
      const old = before[i];
      if (description === undefined || old === undefined) {
        throw new CommandError(
          'ERR_LAYERS_WRITE_OUTPUT',
          `the image ${id} is missing from the written archive`,
        );
      }
      if (check === null) continue;
      // A layer that stayed as it is counts as the same by its digest, which has to be true for that.
      const after = await readImage(archive, description, { ...options, verify: true });
      if (after.layers.some(({ verified }) => verified === false)) {
        sameRootfs = false;
        continue;
      }
      const diff = await compareImages(old, after, { only: ['files'], ignore: check, ...options });
      sameRootfs = (sameRootfs ?? true) && diff.identical;
    }
    return { bytes: archive.source.sizeBytes ?? bytesBelow(path), sameRootfs };
  } catch (error) {
    throw withContext(error, { archive: path });
  }
}

function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(folder, entry));
    if (stat.isFile()) bytes += stat.size;
  }
  return bytes;
}
