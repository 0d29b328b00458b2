import { type ImageDescription, selectImage } from '@layers/core/image';
import { formatPlatform } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import type { ImageFlags } from '../program/session.js';
import { chooseImage } from './open-input.js';
import type { Opened } from './read.js';

/**
 * The images of an archive that are to be loaded: the one that `--image` names, else all. Of those that have one name and
 * are for several platforms, one gets the name: that for the platform that was asked for, or for this machine.
 *
 * @throws LayersError ERR_LAYERS_IMAGE_NOT_FOUND where none is for the platform, ERR_LAYERS_IMAGE_AMBIGUOUS,
 * ERR_LAYERS_PLATFORM
 */
export function imagesToLoad({ archive, input }: Opened, flags: ImageFlags): readonly ImageDescription[] {
  if (input.image !== undefined) return [chooseImage(archive, input, flags)];
  const { platform } = flags;
  const chosen = groupsOf(archive.images).flatMap((group) => oneOf(group, platform));
  // Tells which platforms there are.
  return chosen.length > 0 ? chosen : [chooseImage(archive, input, flags)];
}

/** Says of an archive which platforms are left out where the user has chosen none; null where none is. */
export function platformsNote(images: readonly ImageDescription[], { platform }: ImageFlags): string | null {
  if (platform !== undefined) return null;
  const left = groupsOf(images).filter((group) => group.length > 1);
  const [first] = left;
  if (first === undefined) return null;
  const name = first[0]?.tags.join(', ') ?? '';
  const platforms = first.flatMap((image) =>
    image.platform === null ? [] : [formatPlatform(image.platform)],
  );
  return `${name} exists for ${platforms.join(', ')}; loading the one for this machine: --platform selects another`;
}

/** Images of one name for several platforms together, and each other image by itself. */
function groupsOf(images: readonly ImageDescription[]): readonly (readonly ImageDescription[])[] {
  const byName = new Map<string, ImageDescription[]>();
  for (const [position, image] of images.entries()) {
    const name = image.tags.length === 0 ? `#${position}` : [...image.tags].sort().join('\n');
    const group = byName.get(name);
    if (group === undefined) byName.set(name, [image]);
    else group.push(image);
  }
  // Of two images for one platform the later takes the name, as docker has it.
  return [...byName.values()].flatMap((group) => (areOne(group) ? [group] : group.map((image) => [image])));
}

function areOne(group: readonly ImageDescription[]): boolean {
  const platforms = group.flatMap(({ platform }) => (platform === null ? [] : [formatPlatform(platform)]));
  return new Set(platforms).size === group.length;
}

function oneOf(images: readonly ImageDescription[], platform: string | undefined): ImageDescription[] {
  const [only] = images;
  if (only !== undefined && images.length === 1 && platform === undefined) return [only];
  try {
    return [selectImage({ images }, { platform })];
  } catch (error) {
    if (isLayersError(error) && error.code === 'ERR_LAYERS_IMAGE_NOT_FOUND') return [];
    throw error;
  }
}
