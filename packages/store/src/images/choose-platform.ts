import { formatPlatform, hostPlatform, type Platform, parsePlatform, platformRank } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { IndexedImage } from './list-images.js';
import type { StoredImage } from './stored-image.js';

/** The one image of a match that is for the platform. Throws as `findImage` does. */
export function choosePlatform(
  { images }: { readonly images: readonly IndexedImage[] },
  ref: string,
  platform?: string,
): IndexedImage {
  const wanted = platform === undefined ? null : parsePlatform(platform);
  const isOne = new Set(images.map(({ image }) => image.id ?? image.manifestDigest)).size === 1;
  const best = wanted === null && isOne ? images : bestFor(images, wanted ?? hostPlatform());
  const [first] = best;
  if (first === undefined) {
    if (wanted === null)
      throw ambiguous(
        ref,
        images.map(({ image }) => image),
      );
    throw notFound(`the store has ${JSON.stringify(ref)} not for ${formatPlatform(wanted)}`);
  }
  if (new Set(best.map(({ image }) => image.id ?? image.manifestDigest)).size > 1)
    throw ambiguous(
      ref,
      best.map(({ image }) => image),
    );
  return best.find(({ image }) => image.problem === null) ?? first;
}

function bestFor(images: readonly IndexedImage[], wanted: Platform): readonly IndexedImage[] {
  const ranks = images.map(({ image }) =>
    image.platform === null ? undefined : platformRank(wanted, image.platform),
  );
  const best = Math.min(...ranks.map((rank) => rank ?? Number.POSITIVE_INFINITY));
  return best === Number.POSITIVE_INFINITY ? [] : images.filter((_, i) => ranks[i] === best);
}

/** ERR_LAYERS_IMAGE_NOT_FOUND. */
export function notFound(message: string): LayersError {
  return new LayersError('ERR_LAYERS_IMAGE_NOT_FOUND', message, {
    hint: 'layers images lists what the store has',
  });
}

const MAX_LISTED = 20;

/** ERR_LAYERS_IMAGE_AMBIGUOUS, with the images that a query may mean. */
export function ambiguous(ref: string, images: readonly StoredImage[]): LayersError {
  const listed = images.slice(0, MAX_LISTED).map(({ id, manifestDigest, refs, platform }) => {
    const names = refs.length === 0 ? '' : ` ${refs.join(', ')}`;
    return `${id ?? manifestDigest}${names}${platform === null ? '' : ` (${formatPlatform(platform)})`}`;
  });
  const more = images.length > MAX_LISTED ? `; and ${images.length - MAX_LISTED} more` : '';
  return new LayersError(
    'ERR_LAYERS_IMAGE_AMBIGUOUS',
    `${JSON.stringify(ref)} means ${images.length} images of the store`,
    { hint: `name one of them, or its --platform: ${listed.join('; ')}${more}` },
  );
}
