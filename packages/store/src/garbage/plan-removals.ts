import type { Digest } from '@layers/core/digest';
import { familiarReference, isImageId, tryParseReference, withDefaultTag } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import { choosePlatform } from '../images/choose-platform.js';
import type { DocumentReader } from '../images/document-reader.js';
import { digestMatches, matchImages } from '../images/find-image.js';
import { type IndexedImage, indexedImages } from '../images/list-images.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store, StoreOptions } from '../layout/store.js';

/** A tag, an image or a blob that `removeImages` removed. */
export type Removal =
  | { readonly kind: 'untagged'; readonly ref: string }
  /** `id` is the digest of the config, docker's image id; null if the manifest cannot be read. */
  | { readonly kind: 'image'; readonly id: Digest | null; readonly manifestDigest: Digest }
  /** A blob that no other image needs. */
  | {
      readonly kind: 'blob';
      readonly what: 'manifest' | 'config' | 'layer' | 'other';
      readonly digest: Digest;
      readonly sizeBytes: number;
    };

/** How `removeImages` treats images with several names or platforms. */
export interface RemoveOptions extends StoreOptions {
  /** Remove an image by its id although it has several names. */
  readonly force?: boolean | undefined;
  /** `os/arch[/variant]`: which platform of an image to remove. */
  readonly platform?: string | undefined;
}

/** The entries that an index keeps, and those that are removed. */
export interface PlannedRemovals {
  readonly entries: readonly IndexEntry[];
  readonly removed: readonly IndexEntry[];
  /** The removed tags and images. Blobs are known once they are deleted. */
  readonly removals: readonly Removal[];
}

/** Decides which entries to remove for names and ids, one after the other. Throws as `removeImages` does. */
export function planRemovals(
  store: Store,
  entries: readonly IndexEntry[],
  refs: readonly string[],
  options: RemoveOptions,
  documents: DocumentReader,
): PlannedRemovals {
  let remaining = entries;
  let images = indexedImages(store, { entries }, documents);
  const removals: Removal[] = [];
  for (const ref of new Set(refs)) {
    const chosen = new Set(entriesOf(remaining, images, ref, options));
    remaining = remaining.filter((entry) => !chosen.has(entry));
    for (const name of namesOf(chosen)) removals.push({ kind: 'untagged', ref: name });
    images = images.flatMap((indexed) => {
      const { id, manifestDigest } = indexed.image;
      const kept = withoutEntries(indexed, chosen);
      if (kept === null) removals.push({ kind: 'image', id, manifestDigest });
      return kept ?? [];
    });
  }
  const kept = new Set(remaining);
  return { entries: remaining, removed: entries.filter((entry) => !kept.has(entry)), removals };
}

/** Returns an image without some entries; null if none is left that refers to it. */
function withoutEntries(indexed: IndexedImage, chosen: ReadonlySet<IndexEntry>): IndexedImage | null {
  const entries = new Set([...indexed.entries].filter((entry) => !chosen.has(entry)));
  if (entries.size === indexed.entries.size) return indexed;
  if (entries.size === 0) return null;
  return { ...indexed, entries, image: { ...indexed.image, refs: namesOf(entries) } };
}

/** Returns the entries to remove for a name or an id. */
function entriesOf(
  entries: readonly IndexEntry[],
  images: readonly IndexedImage[],
  ref: string,
  { force = false, platform }: RemoveOptions,
): readonly IndexEntry[] {
  const named = namedEntries(entries, ref);
  if (named.length > 0 && platform === undefined) return named;
  const match = matchImages(images, ref);
  const { image } = choosePlatform(match, ref, platform);
  const candidates = named.length > 0 ? named : entries;
  const direct =
    named.length > 0 ? [] : entries.filter(({ descriptor }) => digestMatches(descriptor.digest, ref));
  const chosen =
    direct.length > 0 && platform === undefined
      ? direct
      : candidates.filter((entry) =>
          images.some((other) => isSame(other, image.id, image.manifestDigest) && other.entries.has(entry)),
        );
  if (!force) refuseSeveral(images, chosen, ref, direct.length > 0);
  return chosen;
}

function namedEntries(entries: readonly IndexEntry[], ref: string): readonly IndexEntry[] {
  if (isImageId(ref)) return [];
  const exact = entries.filter((entry) => entry.name === ref);
  const reference = tryParseReference(ref);
  if (exact.length > 0 || reference === undefined || reference.digest !== undefined) return exact;
  const name = familiarReference(withDefaultTag(reference));
  return entries.filter((entry) => entry.name === name);
}

/** Returns whether two manifests describe one image: they have the same id. */
function isSame({ image }: IndexedImage, id: Digest | null, manifestDigest: Digest): boolean {
  return image.manifestDigest === manifestDigest || (id !== null && image.id === id);
}

/** Throws if entries have several names, or one of several platforms without its index. */
function refuseSeveral(
  images: readonly IndexedImage[],
  chosen: readonly IndexEntry[],
  ref: string,
  isWholeIndex: boolean,
): void {
  const names = namesOf(chosen);
  if (names.length > 1) {
    throw new LayersError(
      'ERR_LAYERS_IMAGE_REFERENCED',
      `${JSON.stringify(ref)} has several names: ${names.join(', ')}`,
      {
        hint: 'remove it by each of its names, or use the option force to remove all of them',
      },
    );
  }
  const others = chosen.filter((entry) => images.filter(({ entries }) => entries.has(entry)).length > 1);
  if (!isWholeIndex && others.length > 0) {
    throw new LayersError(
      'ERR_LAYERS_IMAGE_REFERENCED',
      `${JSON.stringify(ref)} is one of several platforms${names.length === 0 ? '' : ` of ${names.join(', ')}`}`,
      { hint: 'remove the image for all platforms by its name, or use the option force' },
    );
  }
}

function namesOf(entries: Iterable<IndexEntry>): readonly string[] {
  return [...new Set([...entries].flatMap((entry) => entry.name ?? []))].sort();
}
