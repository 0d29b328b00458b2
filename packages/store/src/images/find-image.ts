import { type Digest, hexOf, isDigest } from '@layers/core/digest';
import { familiarReference, parseReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { ambiguous, choosePlatform, notFound } from './choose-platform.js';
import { type IndexedImage, indexedImages } from './list-images.js';
import type { FoundImage, StoredImage } from './stored-image.js';

/** What a query was found to be, and the images that it means: several for one image on several platforms. */
export interface ImageMatch {
  /** `name` where the query is a name that images have, in the form that they have it. */
  readonly by: 'name' | 'digest';
  readonly name: string | null;
  readonly images: readonly IndexedImage[];
}

/**
 * The image that `ref` means, as docker takes it: a name with the tag `latest` by default, `name@digest`, a digest of a
 * manifest or config, or the beginning of one; a name goes before the beginning of a digest.
 *
 * Throws ERR_LAYERS_IMAGE_NOT_FOUND, ERR_LAYERS_IMAGE_AMBIGUOUS, ERR_LAYERS_REFERENCE, ERR_LAYERS_PLATFORM, and as
 * `listImages` does.
 *
 * @param platform `os/arch[/variant]`. Default: this machine's, else the only one there is
 */
export function findImage(store: Store, ref: string, platform?: string): FoundImage {
  const entries = entriesFor(readStoreIndex(store).entries, ref);
  const { image } = choosePlatform(matchImages(indexedImages(store, { entries }), ref), ref, platform);
  const { uniqueBytes: _, sharedBytes: __, ...found } = image;
  return found;
}

/**
 * The entries that have to be followed to find what a query means: those of a name, with all that name the same, where
 * there are such, and all of them otherwise. A store with a thousand images is not read for one of them.
 */
function entriesFor(entries: readonly IndexEntry[], ref: string): readonly IndexEntry[] {
  const reference = tryParseReference(ref);
  const name =
    reference === undefined || reference.digest !== undefined
      ? ref
      : familiarReference(withDefaultTag(reference));
  const exactly = entries.filter((entry) => entry.name === ref);
  const named = exactly.length > 0 ? exactly : entries.filter((entry) => entry.name === name);
  if (named.length === 0) return entries;
  const digests = new Set(named.map(({ descriptor }) => descriptor.digest));
  return entries.filter(({ descriptor }) => digests.has(descriptor.digest));
}

/** Finds what a query means among images. Throws as `findImage` does. */
export function matchImages(images: readonly IndexedImage[], ref: string): ImageMatch {
  const named = matchName(images, ref);
  if (named !== null) return named;
  const match = /^(?:(sha256|sha512):)?([a-f0-9]{1,128})$/.exec(ref);
  const prefix = match?.[2];
  const found =
    prefix === undefined ? [] : images.filter(({ image }) => hasDigest(image, match?.[1], prefix));
  if (found.length > 0) return { by: 'digest', name: null, images: unambiguous(ref, found) };
  // Tells what is wrong with a name that could not be one.
  if (prefix === undefined) parseReference(ref);
  throw notFound(`the store has no image ${JSON.stringify(ref)}`);
}

function matchName(images: readonly IndexedImage[], ref: string): ImageMatch | null {
  const exactly = images.filter(({ image }) => image.refs.includes(ref));
  if (exactly.length > 0) return { by: 'name', name: ref, images: exactly };
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

/** Whether a digest is the one that a query is, or begins with. */
export function digestMatches(digest: Digest, ref: string): boolean {
  return (
    digest === ref || digest.startsWith(ref.includes(':') ? ref : `sha256:${ref}`) || hexOf(digest) === ref
  );
}

/** The beginning of a digest must begin one only: an image's own, or that of an index to several. */
function unambiguous(ref: string, found: readonly IndexedImage[]): readonly IndexedImage[] {
  const exact = isDigest(ref) || isDigest(`sha256:${ref}`);
  if (exact || found.length === 1) return found;
  const prefix = ref.slice(ref.indexOf(':') + 1);
  const meant = new Set(found.map(({ image }) => meantBy(image, prefix)));
  if (meant.size > 1)
    throw ambiguous(
      ref,
      found.map(({ image }) => image),
    );
  return found;
}

/** An id before a manifest's digest: two manifests of one id hold the same image. */
function meantBy(image: StoredImage, prefix: string): Digest {
  return digestsOf(image).find((digest) => hexOf(digest).startsWith(prefix)) ?? image.manifestDigest;
}
