import type { Image } from '@layers/core';
import { readingOf } from '@layers/core/api';
import type { DuplicatesDocument } from '../duplicates/document.js';
import { type DuplicatesOptions, duplicatesDocument } from '../duplicates/find-duplicates.js';

/**
 * Finds the files of the merged root file system with the same content, the most savable bytes first. Hard links to one
 * file are no duplicates.
 *
 * @param options `top` lists only so many contents; `minBytes` ignores smaller files
 * @throws LayersError as `inspectImage`; ERR_LAYERS_NEEDS_FILE for a sparse file of an image from a stream
 *
 * @example
 * ```ts
 * const { totals, duplicates } = await findDuplicates(await openImage('image.tar'));
 * for (const { savableBytes, files } of duplicates) console.log(savableBytes, files.map(({ path }) => path));
 * ```
 */
export async function findDuplicates(
  image: Image,
  options: DuplicatesOptions = {},
): Promise<DuplicatesDocument> {
  return duplicatesDocument(await readingOf(image).analyse(options), options);
}
