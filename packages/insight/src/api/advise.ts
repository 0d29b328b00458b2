import type { Image } from '@layers/core';
import { readingOf } from '@layers/core/api';
import type { ReadImage } from '@layers/core/image';
import { adviceDocument } from '../advise/advice-document.js';
import type { AdviseOptions } from '../advise/advise.js';
import type { AdviceDocument } from '../advise/document.js';

/**
 * Returns what to change in the Dockerfile of an image to make it smaller: secrets first, then the most savable bytes. Counts
 * no content twice.
 *
 * @param options `baseLayers` is the number of layers of the base image, which are not blamed; `minBytes` leaves out small
 *   advice; `duplicates: false` compares no contents; `secrets` reads all files; `history` has earlier versions
 * @throws LayersError as `inspectImage`; ERR_LAYERS_NEEDS_FILE for a sparse file of an image from a stream
 *
 * @example
 * ```ts
 * const { advice } = await adviseImage(await openImage('image.tar'));
 * for (const { savableBytes, problem, fix } of advice) console.log(savableBytes, problem, fix);
 * ```
 */
export async function adviseImage(image: Image, options: AdviseOptions = {}): Promise<AdviceDocument> {
  const history: ReadImage[] = [];
  for (const older of options.history ?? []) history.push(await readingOf(older).read(options));
  return adviceDocument(await readingOf(image).analyse(options), options, history);
}
