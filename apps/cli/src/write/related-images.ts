import { formatPlatform } from '@layers/core/oci';
import type { NewImage } from '@layers/rewrite/image';
import { usageError } from '../command-error.js';

/** Throws ERR_LAYERS_USAGE where images are not one image for several platforms, which alone can have one name. */
export function refuseUnrelated(name: string, images: readonly Pick<NewImage, 'platform'>[]): void {
  const platforms = images.map(({ platform }) => (platform === null ? '' : formatPlatform(platform)));
  if (images.length < 2 || (!platforms.includes('') && new Set(platforms).size === images.length)) return;
  throw usageError(
    `${name} cannot be the name of ${images.length} images`,
    'choose one with --image: only the platforms of one image can have one name',
  );
}
