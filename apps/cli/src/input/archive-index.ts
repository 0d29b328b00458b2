import { type Archive, blobName, type ImageDescription } from '@layers/core/image';
import type { NewImage, NewIndex } from '@layers/rewrite/image';

/** An image to be written, and what it was read from. */
interface Planned {
  readonly image: NewImage;
  readonly description: ImageDescription;
}

/**
 * Joins images that have one index in the archive, for several platforms or with attestations, so that they are written as
 * one. The index keeps its bytes, with attestations, unless one of its images is changed.
 *
 * @param isWhole whether the index of a single image is meant too, and not the image alone
 */
export async function withIndexes(
  { reader }: Pick<Archive, 'reader'>,
  planned: readonly Planned[],
  isWhole: boolean,
): Promise<readonly NewImage[]> {
  const groups = new Map<string, Planned[]>();
  for (const each of planned) {
    const key = indexKey(each.description);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const indexes = new Map<string, NewIndex>();
  for (const [key, group] of groups) {
    const digest = group[0]?.description.indexDigest;
    const isAttested =
      isWhole && group.some(({ description }) => (description.attestations ?? []).length > 0);
    if (digest === undefined || (group.length < 2 && !isAttested)) continue;
    const isKept = group.every(({ image }) => image.manifest !== null);
    if (isKept) indexes.set(key, await keptIndex(reader, digest, group));
    else if (group.length > 1) indexes.set(key, { original: null, nested: [], attached: [] });
  }
  return planned.map(({ image, description }) => {
    const index = indexes.get(indexKey(description) ?? '');
    return index === undefined ? image : { ...image, index };
  });
}

/** Returns the same text for the platforms of one image; null for an image without an index. */
export function indexKey({ indexDigest, tags }: ImageDescription): string | null {
  return indexDigest === undefined ? null : [indexDigest, ...[...tags].sort()].join('\n');
}

/** Returns images without an index that only one of them has. */
export function withoutLoneIndexes(images: readonly NewImage[]): readonly NewImage[] {
  return images.map((image) => {
    const isJoined =
      image.index !== undefined && images.filter(({ index }) => index === image.index).length > 1;
    return isJoined ? image : { ...image, index: undefined };
  });
}

async function keptIndex(
  reader: Archive['reader'],
  digest: NonNullable<ImageDescription['indexDigest']>,
  group: readonly Planned[],
): Promise<NewIndex> {
  const { layoutGraph, originalIndex } = await import('@layers/registry/copy');
  const graph = layoutGraph(reader, digest);
  const images = new Set(group.flatMap(({ description }) => description.manifestDigest ?? []));
  // As for a platform that the archive lacks: an incomplete attestation is not written.
  const manifests = graph.manifests.filter(
    ({ digest: own, document: { config, layers } }) =>
      images.has(own) || [config, ...layers].every((blob) => reader.find(blobName(blob.digest)) !== null),
  );
  return originalIndex({ ...graph, manifests }, images);
}
