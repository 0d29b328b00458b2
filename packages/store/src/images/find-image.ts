import { type Digest, hexOf, isDigest } from '@layers/core/digest';
import {
  familiarReference,
  isImageId,
  parseReference,
  tryParseReference,
  withDefaultTag,
} from '@layers/core/oci';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { ambiguous, choosePlatform, notFound } from './choose-platform.js';
import { ImageTable } from './image-table.js';
import { type IndexedImage, indexedImages } from './list-images.js';
import type { FoundImage, StoredImage } from './stored-image.js';

/** The images that a query matches: several for one image on several platforms. */
export interface ImageMatch {
  /** Whether the query matches a name or the start of a digest. */
  readonly by: 'name' | 'digest';
  /** The name as the index has it; null for a digest. */
  readonly name: string | null;
  readonly images: readonly IndexedImage[];
}

/**
 * Finds an image. A name takes precedence over the start of a digest, as in docker; a complete digest is never
 * a name.
 *
 * @param ref a name, whose default tag is `latest`; `name@digest`; or the digest of a manifest or config, or the start of
 *   one
 * @param platform `os/arch[/variant]`. Default: the platform of this machine, else the only one
 * @throws LayersError ERR_LAYERS_IMAGE_NOT_FOUND; ERR_LAYERS_IMAGE_AMBIGUOUS if several images match; ERR_LAYERS_REFERENCE
 *   for text that is not a name; ERR_LAYERS_PLATFORM for an invalid platform; the codes of `listImages`
 *
 * @example
 * ```ts
 * const { id, sizeBytes } = findImage(store, 'alpine:3.20', 'linux/arm64');
 * ```
 */
export function findImage(store: Store, ref: string, platform?: string): FoundImage {
  const entries = entriesFor(readStoreIndex(store).entries, ref);
  const { image } = choosePlatform(matchImages(indexedImages(store, { entries }), ref), ref, platform);
  const { uniqueBytes: _, sharedBytes: __, ...found } = image;
  return found;
}

/**
 * Returns the entries to read for a query: those with its name and others with the same digests, else all entries. One image
 * of a store with thousands is found without reading the others.
 */
function entriesFor(entries: readonly IndexEntry[], ref: string): readonly IndexEntry[] {
  if (isImageId(ref)) return entries;
  const reference = tryParseReference(ref);
  const name =
    reference === undefined || reference.digest !== undefined
      ? ref
      : familiarReference(withDefaultTag(reference));
  const exact = entries.filter((entry) => entry.name === ref);
  const named = exact.length > 0 ? exact : entries.filter((entry) => entry.name === name);
  if (named.length === 0) return entries;
  const digests = new Set(named.map(({ descriptor }) => descriptor.digest));
  return entries.filter(({ descriptor }) => digests.has(descriptor.digest));
}

/**
 * Returns a function that finds images as `findImage` does. It reads the index once, so that many images are found in a time
 * that grows with their number.
 *
 * @throws LayersError ERR_LAYERS_STORE for a damaged index
 */
export function createImageFinder(store: Store): (ref: string, platform?: string) => FoundImage {
  const { entries } = readStoreIndex(store);
  let table: ImageTable | undefined;
  return (ref, platform) => {
    table ??= new ImageTable(indexedImages(store, { entries }));
    const { image } = choosePlatform(matchImages(table.candidates(ref), ref), ref, platform);
    const { uniqueBytes: _, sharedBytes: __, ...found } = image;
    return found;
  };
}

/** Finds the images that a query matches. Throws as `findImage` does. */
export function matchImages(images: readonly IndexedImage[], ref: string): ImageMatch {
  const named = matchName(images, ref);
  if (named !== null) return named;
  const match = /^(?:(sha256|sha512):)?([a-f0-9]{1,128})$/.exec(ref);
  const prefix = match?.[2];
  const found =
    prefix === undefined ? [] : images.filter(({ image }) => hasDigest(image, match?.[1], prefix));
  if (found.length > 0) return { by: 'digest', name: null, images: unambiguous(ref, found) };
  // Throws if the text is not a valid name.
  if (prefix === undefined) parseReference(ref);
  throw notFound(`the store has no image ${JSON.stringify(ref)}`);
}

function matchName(images: readonly IndexedImage[], ref: string): ImageMatch | null {
  // Another tool may have given an image such a name.
  if (isImageId(ref)) return null;
  const exact = images.filter(({ image }) => image.refs.includes(ref));
  if (exact.length > 0) return { by: 'name', name: ref, images: exact };
  const reference = tryParseReference(ref);
  if (reference === undefined) return null;
  const { digest } = reference;
  if (digest !== undefined) {
    const repository = familiarReference({ ...reference, tag: undefined, digest: undefined });
    const found = images.filter(
      ({ image }) =>
        digestsOf(image).includes(digest) && image.refs.some((name) => repositoryOf(name) === repository),
    );
    return found.length === 0 ? null : { by: 'digest', name: null, images: found };
  }
  const name = familiarReference(withDefaultTag(reference));
  const found = images.filter(({ image }) => image.refs.includes(name));
  return found.length === 0 ? null : { by: 'name', name, images: found };
}

function repositoryOf(name: string): string | null {
  const reference = /[:/@]/.test(name) ? tryParseReference(name) : undefined;
  return reference === undefined
    ? null
    : familiarReference({ ...reference, tag: undefined, digest: undefined });
}

function digestsOf({ id, manifestDigest, indexDigests }: StoredImage): readonly Digest[] {
  return [...(id === null ? [] : [id]), manifestDigest, ...indexDigests];
}

function hasDigest(image: StoredImage, algorithm: string | undefined, prefix: string): boolean {
  return digestsOf(image).some(
    (digest) =>
      hexOf(digest).startsWith(prefix) && (algorithm === undefined || digest.startsWith(`${algorithm}:`)),
  );
}

/** Returns whether a digest is the query, or starts with it. */
export function digestMatches(digest: Digest, ref: string): boolean {
  return (
    digest === ref || digest.startsWith(ref.includes(':') ? ref : `sha256:${ref}`) || hexOf(digest) === ref
  );
}

/** Throws if the start of a digest matches the digests of several images that no common index has. */
function unambiguous(ref: string, found: readonly IndexedImage[]): readonly IndexedImage[] {
  const exact = isDigest(ref) || isDigest(`sha256:${ref}`);
  if (exact || found.length === 1) return found;
  const prefix = ref.slice(ref.indexOf(':') + 1);
  const matched = new Set(found.map(({ image }) => digestMatchedBy(image, prefix)));
  if (matched.size > 1)
    throw ambiguous(
      ref,
      found.map(({ image }) => image),
    );
  return found;
}

/** Prefers the id to the manifest's digest: two manifests with one id are the same image. */
function digestMatchedBy(image: StoredImage, prefix: string): Digest {
  return digestsOf(image).find((digest) => hexOf(digest).startsWith(prefix)) ?? image.manifestDigest;
}
