import { type ImageDescription, selectImage } from '@layers/core/image';
import { formatPlatform, referenceMatches } from '@layers/core/oci';
import { isLayersError, withContext } from '@layers/errors';
import { platformText } from '../output/platform-text.js';
import { indexKey } from './archive-index.js';
import { chooseImage, type ImageChoice } from './open-input.js';
import type { Opened } from './reading.js';

/** Which images of an archive are loaded. */
export interface PlatformChoice extends ImageChoice {
  /** Whether an image for several platforms is one image with its index, unless a platform is chosen. */
  readonly keepsIndexes?: boolean;
}

/**
 * Returns the images of an archive to load: the chosen one, else all that can be read. All platforms of an index are one
 * image, where indexes are kept and no platform is chosen. Of other images that have one name and are for several platforms,
 * one gets the name: that for the chosen platform, or for this machine.
 *
 * @throws LayersError the error of an image that cannot be read, if it is chosen or there is no other;
 *   ERR_LAYERS_IMAGE_NOT_FOUND where none is for the platform, ERR_LAYERS_IMAGE_AMBIGUOUS, ERR_LAYERS_PLATFORM
 */
export function imagesToLoad(
  { archive, input }: Opened,
  choice: PlatformChoice,
): readonly ImageDescription[] {
  const { platform } = choice;
  if (input.image !== undefined) {
    const chosen = chooseImage(archive, input, choice);
    const isWhole = keepsIndex(chosen, choice) && isNamed(chosen, input.image);
    if (!isWhole) return [chosen];
    return archive.images.filter((image) => indexKey(image) === indexKey(chosen));
  }
  const [unreadable] = archive.unreadable;
  if (unreadable !== undefined && archive.images.length === 0)
    throw withContext(unreadable.error, { archive: archive.source.path });
  const chosen = groupsOf(archive.images).flatMap((group) =>
    isOneIndex(group, choice) ? group : oneOf(group, platform),
  );
  // Its error lists the platforms.
  return chosen.length > 0 ? chosen : [chooseImage(archive, input, choice)];
}

/** Returns a note about the platforms that are left out, if no platform was chosen; null if none is left out. */
export function platformsNote(images: readonly ImageDescription[], choice: PlatformChoice): string | null {
  if (choice.platform !== undefined) return null;
  const left = groupsOf(images).filter((group) => group.length > 1 && !isOneIndex(group, choice));
  const [first] = left;
  if (first === undefined) return null;
  const name = first[0]?.tags.join(', ') ?? '';
  const platforms = first.flatMap((image) => (image.platform === null ? [] : [platformText(image.platform)]));
  return `${name} exists for ${platforms.join(', ')}; loading the one for this machine: --platform selects another`;
}

/** Returns a note about artifacts of the archive, which are never loaded; null without any, or if an image was chosen. */
export function artifactsNote({ archive, input }: Opened): string | null {
  const { artifacts } = archive;
  if (input.image !== undefined || artifacts.length === 0) return null;
  const names = artifacts
    .slice(0, MAX_ARTIFACTS)
    .map(({ tags, artifact }) =>
      tags.length === 0 ? artifact.kind : `${tags.join(', ')} (${artifact.kind})`,
    );
  const more = artifacts.length > MAX_ARTIFACTS ? ` and ${artifacts.length - MAX_ARTIFACTS} more` : '';
  return `not loaded, because only images can be: ${names.join('; ')}${more}`;
}

const MAX_ARTIFACTS = 5;

function keepsIndex(image: ImageDescription, { platform, keepsIndexes }: PlatformChoice): boolean {
  return keepsIndexes === true && platform === undefined && indexKey(image) !== null;
}

function isOneIndex(group: readonly ImageDescription[], choice: PlatformChoice): boolean {
  const keys = new Set(group.map(indexKey));
  return keys.size === 1 && group.every((image) => keepsIndex(image, choice));
}

/** Whether no single platform was chosen, neither by name nor by the id or position of its image. */
export function areWhole(
  images: readonly ImageDescription[],
  query: string | undefined,
  { platform }: PlatformChoice,
): boolean {
  return platform === undefined && (query === undefined || images.every((image) => isNamed(image, query)));
}

/** Whether a query is a name of the image, and not its id or its position. */
function isNamed({ tags, refNames = [] }: ImageDescription, query: string): boolean {
  return [...tags, ...refNames].some((tag) => tag === query || referenceMatches(query, tag));
}

/** Groups images that have one name or one index and are for several platforms. Every other image is a group of its own. */
function groupsOf(images: readonly ImageDescription[]): readonly (readonly ImageDescription[])[] {
  const byName = new Map<string, ImageDescription[]>();
  for (const [position, image] of images.entries()) {
    const name =
      image.tags.length === 0 ? (indexKey(image) ?? `#${position}`) : [...image.tags].sort().join('\n');
    const group = byName.get(name);
    if (group === undefined) byName.set(name, [image]);
    else group.push(image);
  }
  // Of two images for one platform, the later one gets the name, as in docker.
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
