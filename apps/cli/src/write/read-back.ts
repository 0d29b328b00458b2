import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareImages, type Ignorable } from '@layers/core/diff';
import { type Archive, openArchive, type ReadImage, type ReadOptions, readImage } from '@layers/core/image';
import { withContext } from '@layers/errors';
import type { WrittenImage } from '@layers/rewrite/image';
import { CommandError } from '../command-error.js';

/** Facts of the written output. */
export interface ReadBack {
  /** Bytes of the archive, or of all files of a layout. */
  readonly bytes: number;
  /** Whether every root file system is unchanged; null if they were not compared. */
  readonly sameRootfs: boolean | null;
}

/**
 * Reads the written output and checks that every image is in it. Throws ERR_LAYERS_WRITE_OUTPUT for a missing image,
 * and the errors of reading.
 *
 * @param before the images that were changed, in the order of `results`
 * @param check the differences of root file systems to ignore; null to compare none
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
    const sameRootfs = await compareWritten(before, results, archive, check, options);
    return { bytes: archive.source.sizeBytes ?? bytesBelow(path), sameRootfs };
  } catch (error) {
    throw withContext(error, { archive: path });
  }
}

/** Returns whether every root file system is unchanged; null if `check` is null. Throws as {@link readBack} does. */
export async function compareWritten(
  before: readonly ReadImage[],
  results: readonly WrittenImage[],
  archive: Archive,
  check: readonly Ignorable[] | null,
  options: ReadOptions,
): Promise<boolean | null> {
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
    // An unchanged layer is compared by its digest alone, which must therefore be verified.
    const after = await readImage(archive, description, { ...options, verify: true });
    if (after.layers.some(({ verified }) => verified === false)) {
      sameRootfs = false;
      continue;
    }
    const diff = await compareImages(old, after, { only: ['files'], ignore: check, ...options });
    sameRootfs = (sameRootfs ?? true) && diff.identical;
  }
  return sameRootfs;
}

function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(folder, entry));
    if (stat.isFile()) bytes += stat.size;
  }
  return bytes;
}
