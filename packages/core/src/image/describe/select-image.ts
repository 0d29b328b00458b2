import { LayersError, printable } from '@layers/errors';
import { hexOf } from '../../digest/digest.js';
import { formatPlatform, hostPlatform, parsePlatform } from '../../oci/platform.js';
import { platformRank } from '../../oci/platform-match.js';
import { referenceMatches } from '../../oci/reference.js';
import type { ImageChoice } from '../archive/source-info.js';
import type { ImageDescription } from './description.js';

export interface ImageQuery {
  /** A tag, the start of an id or manifest digest, or `#2` for the second image. */
  readonly image?: string | undefined;
  /** `os/arch[/variant]`. Default: this machine's, else the only one there is. */
  readonly platform?: string | undefined;
}

/** The images as an archive with several lists them. */
export function imageChoices(images: readonly ImageDescription[]): ImageChoice[] {
  return images.map((image, position) => ({
    number: `#${position + 1}`,
    id: image.id,
    tags: image.tags,
    platform: image.platform === null ? null : formatPlatform(image.platform),
    layers: image.layers.length,
  }));
}

/**
 * The one image that a query means. Throws ERR_LAYERS_IMAGE_NOT_FOUND, ERR_LAYERS_IMAGE_AMBIGUOUS (their hints list
 * the images) and ERR_LAYERS_PLATFORM.
 */
export function selectImage(
  { images }: { readonly images: readonly ImageDescription[] },
  query: ImageQuery = {},
): ImageDescription {
  const wanted = query.platform === undefined ? null : parsePlatform(query.platform);
  const named =
    query.image === undefined ? images : images.filter((_, i) => isMeant(images, i, query.image ?? ''));
  if (named.length === 0) {
    throw new LayersError(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      `no image is called ${JSON.stringify(query.image ?? '')}`,
      {
        hint: listOf(images),
      },
    );
  }
  const [only] = named;
  if (wanted === null) {
    if (only !== undefined && named.length === 1) return only;
    const mine = isOneOnSeveralPlatforms(named) ? bestFor(named, hostPlatform()) : [];
    const [best] = mine;
    if (best !== undefined && mine.length === 1) return best;
    throw ambiguous(named);
  }
  const fitting = bestFor(named, wanted);
  const [best] = fitting;
  if (best === undefined) {
    throw new LayersError(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      `no image is for the platform ${formatPlatform(wanted)}`,
      {
        hint: listOf(named),
      },
    );
  }
  if (fitting.length > 1) throw ambiguous(fitting);
  return best;
}

function isMeant(images: readonly ImageDescription[], position: number, query: string): boolean {
  const image = images[position];
  if (image === undefined) return false;
  if (query.startsWith('#')) return query === `#${position + 1}`;
  if (image.tags.some((tag) => tag === query || referenceMatches(query, tag))) return true;
  const prefix = /^(?:sha256:)?([a-f0-9]{4,64})$/.exec(query)?.[1];
  if (prefix === undefined) return false;
  return [image.id, image.manifestDigest].some(
    (digest) => digest !== null && hexOf(digest).startsWith(prefix),
  );
}

/** Whether the images differ in their platforms and in nothing that names them. */
function isOneOnSeveralPlatforms(images: readonly ImageDescription[]): boolean {
  const names = new Set(images.map((image) => [...image.tags].sort().join('\n')));
  const platforms = new Set(
    images.map((image) => (image.platform === null ? '' : formatPlatform(image.platform))),
  );
  return names.size === 1 && platforms.size === images.length;
}

/** The images that serve the platform best: several where they serve it equally well. */
function bestFor(
  images: readonly ImageDescription[],
  wanted: ReturnType<typeof hostPlatform>,
): ImageDescription[] {
  const ranks = images.map((image) =>
    image.platform === null ? undefined : platformRank(wanted, image.platform),
  );
  const best = Math.min(...ranks.map((rank) => rank ?? Number.POSITIVE_INFINITY));
  return images.filter((_, position) => ranks[position] === best && best !== Number.POSITIVE_INFINITY);
}

function ambiguous(images: readonly ImageDescription[]): LayersError {
  return new LayersError('ERR_LAYERS_IMAGE_AMBIGUOUS', `there are ${images.length} images to choose from`, {
    hint: listOf(images),
  });
}

const MAX_LISTED = 20;

function listOf(images: readonly ImageDescription[]): string {
  const listed = imageChoices(images)
    .slice(0, MAX_LISTED)
    .map(({ number, id, tags, platform }) => {
      const name = tags.length > 0 ? tags.join(', ') : (id?.slice('sha256:'.length, 19) ?? 'untagged');
      return printable(`${number} ${name}${platform === null ? '' : ` (${platform})`}`);
    });
  const more = images.length > MAX_LISTED ? `; and ${images.length - MAX_LISTED} more` : '';
  return `choose with --image (a tag, an id or '#2') or --platform: ${listed.join('; ')}${more}`;
}
