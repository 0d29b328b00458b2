import type { Digest } from '@layers/core/digest';
import { familiarReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import { choosePlatform } from '../images/choose-platform.js';
import type { DocumentReader } from '../images/document-reader.js';
import { digestMatches, matchImages } from '../images/find-image.js';
import { type IndexedImage, indexedImages } from '../images/list-images.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import type { Removal, RemoveOptions } from './prune-report.js';

/** What an index loses, and what is left of it. */
export interface PlannedRemovals {
  readonly entries: readonly IndexEntry[];
  readonly removed: readonly IndexEntry[];
  /** Of names and images; those of blobs are known when they are deleted. */
  readonly removals: readonly Removal[];
}

/** Decides which entries go where names and images are removed, one after the other. Throws as `removeImages` does. */
export function planRemovals(
  store: Store,
  entries: readonly IndexEntry[],
  refs: readonly string[],
  options: RemoveOptions,
  documents: DocumentReader,
): PlannedRemovals {
  let left = entries;
  let images = indexedImages(store, { entries }, documents);
  const removals: Removal[] = [];
  for (const ref of new Set(refs)) {
    const going = new Set(entriesOf(left, images, ref, options));
    left = left.filter((entry) => !going.has(entry));
    for (const name of namesOf(going)) removals.push({ kind: 'untagged', ref: name });
    images = images.flatMap((one) => {
      const { id, manifestDigest } = one.image;
      const staying = withoutEntries(one, going);
      if (staying === null) removals.push({ kind: 'image', id, manifestDigest });
      return staying ?? [];
    });
  }
  const kept = new Set(left);
  return { entries: left, removed: entries.filter((entry) => !kept.has(entry)), removals };
}

/** What is left of an image: null where nothing leads to it any more. */
function withoutEntries(one: IndexedImage, going: ReadonlySet<IndexEntry>): IndexedImage | null {
  const entries = new Set([...one.entries].filter((entry) => !going.has(entry)));
  if (entries.size === one.entries.size) return one;
  if (entries.size === 0) return null;
  return { ...one, entries, image: { ...one.image, refs: namesOf(entries) } };
}

/** The entries that go with a name or an id. */
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
  const own = named.length > 0 ? named : entries;
  const direct =
    named.length > 0 ? [] : entries.filter(({ descriptor }) => digestMatches(descriptor.digest, ref));
  const going =
    direct.length > 0 && platform === undefined
      ? direct
      : own.filter((entry) =>
          images.some((other) => isSame(other, image.id, image.manifestDigest) && other.entries.has(entry)),
        );
  if (!force) refuseMany(images, going, ref, direct.length > 0);
  return going;
}

function namedEntries(entries: readonly IndexEntry[], ref: string): readonly IndexEntry[] {
  const exactly = entries.filter((entry) => entry.name === ref);
  const reference = tryParseReference(ref);
  if (exactly.length > 0 || reference === undefined || reference.digest !== undefined) return exactly;
  const name = familiarReference(withDefaultTag(reference));
  return entries.filter((entry) => entry.name === name);
}

/** Two manifests of one id hold one image. */
function isSame({ image }: IndexedImage, id: Digest | null, manifestDigest: Digest): boolean {
  return image.manifestDigest === manifestDigest || (id !== null && image.id === id);
}

function refuseMany(
  images: readonly IndexedImage[],
  going: readonly IndexEntry[],
  ref: string,
  isWhole: boolean,
): void {
  const names = namesOf(going);
  if (names.length > 1) {
    throw new LayersError(
      'ERR_LAYERS_IMAGE_REFERENCED',
      `${JSON.stringify(ref)} has several names: ${names.join(', ')}`,
      {
        hint: 'remove it by each of its names, or all of them with --force',
      },
    );
  }
  const others = going.filter((entry) => images.filter(({ entries }) => entries.has(entry)).length > 1);
  if (!isWhole && others.length > 0) {
    throw new LayersError(
      'ERR_LAYERS_IMAGE_REFERENCED',
      `${JSON.stringify(ref)} is one of several platforms${names.length === 0 ? '' : ` of ${names.join(', ')}`}`,
      { hint: 'remove the image for all platforms by its name, or with --force' },
    );
  }
}

function namesOf(entries: Iterable<IndexEntry>): readonly string[] {
  return [...new Set([...entries].flatMap((entry) => entry.name ?? []))].sort();
}
