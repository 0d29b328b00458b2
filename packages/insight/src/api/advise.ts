import type { Image } from '@layers/core';
import { readingOf } from '@layers/core/api';
import { type AdviseOptions, adviceDocument } from '../advise/advise.js';
import type { AdviceDocument } from '../advise/document.js';

/**
 * Returns what to change in the Dockerfile of an image to make it smaller, the most savable bytes first. Counts no content
 * twice.
 *
 * @param options `baseLayers` is the number of layers of the base image, which are not blamed; `minBytes` leaves out small
 *   advice; `duplicates: false` compares no contents
 * @throws LayersError as `inspectImage`; ERR_LAYERS_NEEDS_FILE for a sparse file of an image from a stream
 *
 * @example
 * ```ts
 * const { advice } = await adviseImage(await openImage('image.tar'));
 * for (const { savableBytes, problem, fix } of advice) console.log(savableBytes, problem, fix);
 * ```
 */
export async function adviseImage(image: Image, options: AdviseOptions = {}): Promise<AdviceDocument> {
  return adviceDocument(await readingOf(image).analyse(options), options);
}
