import { formatPlatform, hostPlatform, type Platform, parsePlatform, platformRank } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { IndexedImage } from './list-images.js';
import type { StoredImage } from './stored-image.js';

/** Chooses the image for a platform. Throws as `findImage` does. */
export function choosePlatform(
  { images }: { readonly images: readonly IndexedImage[] },
  ref: string,
  platform?: string,
): IndexedImage {
  const requested = platform === undefined ? null : parsePlatform(platform);
  const isOne = new Set(images.map(({ image }) => image.id ?? image.manifestDigest)).size === 1;
  const best = requested === null && isOne ? images : bestFor(images, requested ?? hostPlatform());
  const [first] = best;
  if (first === undefined) {
    if (requested === null)
      throw ambiguous(
        ref,
        images.map(({ image }) => image),
      );
    throw notFound(`the store does not have ${JSON.stringify(ref)} for ${formatPlatform(requested)}`);
  }
  if (new Set(best.map(({ image }) => image.id ?? image.manifestDigest)).size > 1)
    throw ambiguous(
      ref,
      best.map(({ image }) => image),
    );
  return best.find(({ image }) => image.problem === null) ?? first;
}

function bestFor(images: readonly IndexedImage[], platform: Platform): readonly IndexedImage[] {
  const ranks = images.map(({ image }) =>
    image.platform === null ? undefined : platformRank(platform, image.platform),
  );
  const best = Math.min(...ranks.map((rank) => rank ?? Number.POSITIVE_INFINITY));
  return best === Number.POSITIVE_INFINITY ? [] : images.filter((_, i) => ranks[i] === best);
}

/** Returns ERR_LAYERS_IMAGE_NOT_FOUND. */
export function notFound(message: string): LayersError {
  return new LayersError('ERR_LAYERS_IMAGE_NOT_FOUND', message, {
    hint: 'listImages returns the images of the store',
  });
}

const MAX_LISTED = 20;

/** Returns ERR_LAYERS_IMAGE_AMBIGUOUS, with the images that match. */
export function ambiguous(ref: string, images: readonly StoredImage[]): LayersError {
  const listed = images.slice(0, MAX_LISTED).map(({ id, manifestDigest, refs, platform }) => {
    const names = refs.length === 0 ? '' : ` ${refs.join(', ')}`;
    return `${id ?? manifestDigest}${names}${platform === null ? '' : ` (${formatPlatform(platform)})`}`;
  });
  const more = images.length > MAX_LISTED ? `; and ${images.length - MAX_LISTED} more` : '';
  return new LayersError(
    'ERR_LAYERS_IMAGE_AMBIGUOUS',
    `${JSON.stringify(ref)} matches ${images.length} images of the store`,
    { hint: `name one of them, or give a platform: ${listed.join('; ')}${more}` },
  );
}
