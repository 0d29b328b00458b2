import { verifyLayers } from '@layers/core/image';
import { isLayersError } from '@layers/errors';
import { withoutLoneIndexes } from './archive-index.js';
import { type ChosenImages, unreadableImage } from './load-input.js';

/**
 * Returns the images without those whose uncompressed layers do not match their digests, which shows only when they are
 * written. Throws `error` if it is another one, or if that leaves none.
 */
export async function undamagedImages(
  chosen: ChosenImages,
  error: unknown,
  signal: AbortSignal,
): Promise<ChosenImages> {
  if (!isLayersError(error) || error.code !== 'ERR_LAYERS_BLOB_MISMATCH') throw error;
  const matching = new Set<number>();
  const findings = [...chosen.findings];
  for (const [i, image] of chosen.read.entries()) {
    try {
      await verifyLayers(image, image.layers, { signal });
      matching.add(i);
    } catch (mismatch) {
      if (!isLayersError(mismatch) || mismatch.code !== error.code) throw mismatch;
      findings.push(unreadableImage(image.description, mismatch));
    }
  }
  if (matching.size === 0 || matching.size === chosen.images.length) throw error;
  return {
    images: withoutLoneIndexes(chosen.images.filter((_, i) => matching.has(i))),
    read: chosen.read.filter((_, i) => matching.has(i)),
    findings,
    isIncomplete: true,
  };
}
