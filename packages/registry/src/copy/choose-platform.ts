import {
  type Descriptor,
  formatPlatform,
  hostPlatform,
  isAttestation,
  isIndex,
  parsePlatform,
  platformRank,
} from '@layers/core/oci';
import { LayersError } from '@layers/errors';

/**
 * Returns the manifest of an index for a platform, as `selectImage` of `@layers/core` chooses: the best match; without a
 * platform, the only image, else the one for this machine.
 *
 * @param archive the name of the index for errors
 * @throws LayersError ERR_LAYERS_PLATFORM, ERR_LAYERS_IMAGE_NOT_FOUND, ERR_LAYERS_IMAGE_AMBIGUOUS
 */
export function choosePlatform(
  manifests: readonly Descriptor[],
  platform: string | undefined,
  archive: string,
): Descriptor {
  const images = manifests.filter((descriptor) => !isAttestation(descriptor));
  const [only] = images;
  if (only === undefined)
    throw new LayersError('ERR_LAYERS_NO_IMAGE', 'the index has no images', {
      archive,
      hint: 'choose another tag',
    });
  if (platform === undefined && images.length === 1) return only;
  const target = platform === undefined ? hostPlatform() : parsePlatform(platform);
  const ranked = images.flatMap((descriptor) => {
    const rank = descriptor.platform === undefined ? undefined : platformRank(target, descriptor.platform);
    return rank === undefined ? [] : [{ descriptor, rank }];
  });
  const best = Math.min(...ranked.map(({ rank }) => rank));
  const [first, second] = ranked.filter(({ rank }) => rank === best);
  if (first !== undefined && second === undefined) return first.descriptor;
  // The platforms of a nested index are known once it is read.
  const [nested, other] = images.filter(
    ({ mediaType, platform: own }) => isIndex(mediaType) && own === undefined,
  );
  if (first === undefined && nested !== undefined && other === undefined) return nested;
  const names = images.map((image) =>
    image.platform === undefined ? image.digest : formatPlatform(image.platform),
  );
  const hint = `the images are: ${names.slice(0, MAX_LISTED).join('; ')}`;
  if (first !== undefined || platform === undefined)
    throw new LayersError('ERR_LAYERS_IMAGE_AMBIGUOUS', `there are ${images.length} images to choose from`, {
      archive,
      hint,
    });
  throw new LayersError(
    'ERR_LAYERS_IMAGE_NOT_FOUND',
    `no image is for the platform ${formatPlatform(target)}`,
    { archive, hint },
  );
}

const MAX_LISTED = 20;
