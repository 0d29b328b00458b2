import { LayersError, printable } from '@layers/errors';
import { hexOf } from '../../digest/digest.js';
import { artifactText } from '../../oci/artifact.js';
import { formatPlatform, hostPlatform, type Platform, parsePlatform } from '../../oci/platform.js';
import { platformRank } from '../../oci/platform-match.js';
import { isImageId, referenceMatches, tryParseReference } from '../../oci/reference.js';
import type { ImageChoice } from '../archive/source-info.js';
import type { ArtifactDescription, ImageDescription, UnreadableImage } from './description.js';

/** Selects an image of an archive. */
export interface ImageQuery {
  /** A tag with or without its name, a prefix of an id or manifest digest, or `#2` for the second image. */
  readonly image?: string | undefined;
  /** `os/arch[/variant]`. Default: this machine's platform, else the only one in the archive. */
  readonly platform?: string | undefined;
}

/** Returns the list of images that an error or a user interface shows. */
export function imageChoices(
  images: readonly ImageDescription[],
  unreadable: readonly UnreadableImage[] = [],
  artifacts: readonly ArtifactDescription[] = [],
): ImageChoice[] {
  const readable = images.map((image, position) => ({
    number: `#${position + 1}`,
    id: image.id,
    tags: image.tags,
    platform: image.platform === null ? null : formatPlatform(image.platform),
    layers: image.layers.length,
  }));
  const others = unreadable.map(({ tags, platform, error }, position) => ({
    number: `#${images.length + position + 1}`,
    id: null,
    tags,
    platform: platform === null ? null : formatPlatform(platform),
    layers: 0,
    problem: error.message,
  }));
  const rest = artifacts.map(({ tags, image, artifact }, position) => ({
    number: `#${images.length + unreadable.length + position + 1}`,
    id: null,
    tags,
    platform: image === null || image.platform === null ? null : formatPlatform(image.platform),
    layers: artifact.layers.length,
    artifact: artifact.kind,
  }));
  return [...readable, ...others, ...rest];
}

/** The images of an archive. */
interface Images {
  readonly images: readonly ImageDescription[];
  readonly unreadable?: readonly UnreadableImage[];
  readonly artifacts?: readonly ArtifactDescription[];
}

/**
 * Returns the one image that a query names, or the one artifact where it names no image. An artifact has layers, which
 * may be tars, but no root file system. Throws as {@link selectImage}; ERR_LAYERS_NO_IMAGE for an artifact without a
 * manifest.
 */
export function selectImageOrArtifact(all: Images, query: ImageQuery = {}): ImageDescription {
  const named = namedArtifacts(all, query);
  const [only] = named;
  if (only === undefined) return selectImage(all, query);
  if (named.length > 1) {
    throw new LayersError(
      'ERR_LAYERS_IMAGE_AMBIGUOUS',
      `there are ${named.length} artifacts to choose from`,
      {
        hint: hintOf(all.images, all.unreadable, all.artifacts),
      },
    );
  }
  if (only.image === null) throw artifactError(only);
  return only.image;
}

/** Returns the error for an artifact where an image is needed. */
export function artifactError({ artifact, image }: ArtifactDescription): LayersError {
  return new LayersError('ERR_LAYERS_NO_IMAGE', `not an image, but ${artifactText(artifact)}`, {
    hint:
      image === null
        ? 'the program that made it can read it'
        : 'only container images can be used here; the program that made it can read it',
  });
}

/**
 * Returns the one image that a query names. Throws ERR_LAYERS_IMAGE_NOT_FOUND and ERR_LAYERS_IMAGE_AMBIGUOUS, whose
 * hints list the images, ERR_LAYERS_PLATFORM, ERR_LAYERS_NO_IMAGE for an artifact, and the error of an image that cannot
 * be read.
 */
export function selectImage(all: Images, query: ImageQuery = {}): ImageDescription {
  const { images, unreadable = [], artifacts = [] } = all;
  const platform = query.platform === undefined ? null : parsePlatform(query.platform);
  const named = query.image === undefined ? images : matchingImages(images, query.image);
  if (named.length === 0) {
    const bad = unreadable.find((_, i) => matchesUnreadable({ images, unreadable }, i, query.image ?? ''));
    if (bad !== undefined) throw bad.error;
    const [artifact] = namedArtifacts(all, query);
    if (artifact !== undefined) throw artifactError(artifact);
    throw new LayersError(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      `no image has the name ${JSON.stringify(query.image ?? '')}`,
      {
        hint: hintOf(images, unreadable, artifacts),
      },
    );
  }
  const [only] = named;
  if (platform === null) {
    if (only !== undefined && named.length === 1) return only;
    const forHost = isOneOnSeveralPlatforms(named) ? bestFor(named, hostPlatform()) : [];
    const [best] = forHost;
    if (best !== undefined && forHost.length === 1) return best;
    throw query.image === undefined ? ambiguous(named, unreadable, artifacts) : ambiguous(named);
  }
  const candidates = bestFor(named, platform);
  const [best] = candidates;
  if (best === undefined) {
    throw new LayersError(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      `no image is for the platform ${formatPlatform(platform)}`,
      {
        hint: hintOf(named),
      },
    );
  }
  if (candidates.length > 1) throw ambiguous(candidates);
  return best;
}

/**
 * Returns the images that a query means: by position, by a tag, by the literal `ref.name` of a layout, as skopeo and umoci
 * find images, by the start of a digest, or by a tag without its name. The first of these that any image matches counts.
 */
function matchingImages(images: readonly ImageDescription[], query: string): readonly ImageDescription[] {
  if (query.startsWith('#')) return images.filter((_, position) => query === `#${position + 1}`);
  const prefix = /^(?:sha256:)?([a-f0-9]{4,64})$/.exec(query)?.[1];
  const isId = isImageId(query);
  const ways: readonly ((image: ImageDescription) => boolean)[] = [
    ({ tags }) => !isId && tags.some((tag) => tag === query || referenceMatches(query, tag)),
    ({ refNames = [] }) => !isId && refNames.includes(query),
    ({ id, manifestDigest }) =>
      prefix !== undefined &&
      [id, manifestDigest].some((digest) => digest !== null && hexOf(digest).startsWith(prefix)),
    ({ tags }) => tags.some((tag) => tag.endsWith(`:${query}`) && tryParseReference(tag)?.tag === query),
  ];
  for (const matches of ways) {
    const found = images.filter(matches);
    if (found.length > 0) return found;
  }
  return [];
}

function matchesUnreadable({ images, unreadable = [] }: Images, position: number, query: string): boolean {
  const image = unreadable[position];
  return image !== undefined && matchesNamed(image, images.length + position, query);
}

/** Whether a query names something that is listed at a position after the images. */
function matchesNamed(
  { tags, manifestDigest }: Pick<UnreadableImage, 'tags' | 'manifestDigest'>,
  position: number,
  query: string,
): boolean {
  if (query.startsWith('#')) return query === `#${position + 1}`;
  if (tags.some((tag) => tag === query || referenceMatches(query, tag))) return true;
  const prefix = /^(?:sha256:)?([a-f0-9]{4,64})$/.exec(query)?.[1];
  return prefix !== undefined && manifestDigest !== null && hexOf(manifestDigest).startsWith(prefix);
}

/** Returns the artifacts that a query names; none where it names an image. Images come before artifacts. */
function namedArtifacts(
  { images, unreadable = [], artifacts = [] }: Images,
  { image: query }: ImageQuery,
): readonly ArtifactDescription[] {
  if (query === undefined) return images.length === 0 ? artifacts : [];
  if (matchingImages(images, query).length > 0) return [];
  const before = images.length + unreadable.length;
  return artifacts.filter((artifact, i) => matchesNamed(artifact, before + i, query));
}

/**
 * Whether the images have different platforms, and the same tags or the same index. Images without tags that no index
 * below `index.json` joins are separate ones, and so are those of `manifest.json`.
 */
function isOneOnSeveralPlatforms(images: readonly ImageDescription[]): boolean {
  const untagged = images.filter(({ tags }) => tags.length === 0);
  const indexes = new Set(untagged.map(({ indexDigest }) => indexDigest));
  if (indexes.has(undefined) || indexes.size > 1) return false;
  const names = new Set(images.map((image) => [...image.tags].sort().join('\n')));
  const platforms = new Set(
    images.map((image) => (image.platform === null ? '' : formatPlatform(image.platform))),
  );
  return names.size === 1 && platforms.size === images.length;
}

/** Returns the images that fit a platform best; several where they fit equally well. */
function bestFor(images: readonly ImageDescription[], platform: Platform): ImageDescription[] {
  const ranks = images.map((image) =>
    image.platform === null ? undefined : platformRank(platform, image.platform),
  );
  const best = Math.min(...ranks.map((rank) => rank ?? Number.POSITIVE_INFINITY));
  return images.filter((_, position) => ranks[position] === best && best !== Number.POSITIVE_INFINITY);
}

function ambiguous(
  images: readonly ImageDescription[],
  unreadable: readonly UnreadableImage[] = [],
  artifacts: readonly ArtifactDescription[] = [],
): LayersError {
  return new LayersError('ERR_LAYERS_IMAGE_AMBIGUOUS', `there are ${images.length} images to choose from`, {
    hint: hintOf(images, unreadable, artifacts),
  });
}

const MAX_LISTED = 20;

/** An archive may contain text of any length. */
export function shortened(text: string): string {
  return text.length > 150 ? `${text.slice(0, 150)}…` : text;
}

function hintOf(
  images: readonly ImageDescription[],
  unreadable: readonly UnreadableImage[] = [],
  artifacts: readonly ArtifactDescription[] = [],
): string {
  const all = imageChoices(images, unreadable, artifacts);
  const listed = all.slice(0, MAX_LISTED).map(({ number, id, tags, platform, problem, artifact }) => {
    const name = tags.length > 0 ? tags.join(', ') : (id?.slice('sha256:'.length, 19) ?? 'untagged');
    const bad = problem === undefined ? '' : ' (unreadable)';
    const other = artifact === undefined ? '' : ` (${artifact})`;
    const what = platform === null ? '' : ` (${shortened(platform)})`;
    return printable(`${number} ${shortened(name)}${what}${bad}${other}`);
  });
  const more = all.length > MAX_LISTED ? `; and ${all.length - MAX_LISTED} more` : '';
  return `the images are: ${listed.join('; ')}${more}`;
}
