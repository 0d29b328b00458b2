import type { Digest } from '@layers/core/digest';
import { familiarName, familiarReference, isIndex, tryParseReference } from '@layers/core/oci';
import { type FoundImage, findDescriptor, listNames } from '@layers/store/images';
import type { Store } from '@layers/store/layout';
import { nameInStore } from '../input/image-name.js';
import { imageFinder } from '../input/stored-input.js';

/** An image of the store with the requested names. */
export interface NamedImage {
  readonly image: FoundImage;
  readonly tags: readonly string[];
  /** What the names refer to, where it is an index for several platforms; null for the image itself. */
  readonly index: Digest | null;
}

/**
 * Resolves names of images as docker save does: a name without a tag means all tags of the repository; an id or digest
 * means an image without a name. Returns each image once, at its first name.
 *
 * @throws LayersError ERR_LAYERS_IMAGE_NOT_FOUND, ERR_LAYERS_IMAGE_AMBIGUOUS, ERR_LAYERS_REFERENCE
 */
export function namedImages(
  store: Store,
  references: readonly string[],
  platform: string | undefined,
): NamedImage[] {
  const found = new Map<string, Omit<NamedImage, 'tags'> & { readonly tags: Set<string> }>();
  const findOne = imageFinder(store, platform);
  const find: Find = (reference) => {
    const image = findOne(reference);
    const isAlone = platform !== undefined || image.indexDigests.length === 0;
    const descriptor = isAlone ? null : findDescriptor(store, reference);
    return { image, index: descriptor === null || !isIndex(descriptor.mediaType) ? null : descriptor.digest };
  };
  const tagsOf = tagsByRepository(listNames(store));
  for (const name of references) {
    for (const { image, index, tags } of imagesOf(nameInStore(name), tagsOf, find)) {
      const key = index ?? image.manifestDigest;
      const entry = found.get(key) ?? { image, index, tags: new Set<string>() };
      for (const tag of tags) entry.tags.add(tag);
      found.set(key, entry);
    }
  }
  return [...found.values()].map((entry) => ({ ...entry, tags: [...entry.tags] }));
}

type Find = (reference: string) => Omit<NamedImage, 'tags'>;

function imagesOf(
  reference: string,
  tagsOf: (reference: string) => readonly string[],
  find: Find,
): NamedImage[] {
  const named = tagsOf(reference).map((tag) => ({ ...find(tag), tags: [tag] }));
  if (named.length > 0) return named;
  const found = find(reference);
  return [{ ...found, tags: nameOf(found.image, reference) }];
}

/** Returns a function of the tags of a repository that is named without one; empty for everything else. */
function tagsByRepository(names: readonly string[]): (text: string) => readonly string[] {
  const tags = new Map<string, Set<string>>();
  for (const name of names) {
    const known = tryParseReference(name);
    if (known?.tag === undefined) continue;
    const repository = familiarName(known);
    const ofRepository = tags.get(repository);
    if (ofRepository === undefined) tags.set(repository, new Set([name]));
    else ofRepository.add(name);
  }
  return (text) => {
    const reference = tryParseReference(text);
    if (reference === undefined || reference.tag !== undefined || reference.digest !== undefined) return [];
    return [...(tags.get(familiarName(reference)) ?? [])].sort();
  };
}

function nameOf({ refs }: FoundImage, text: string): string[] {
  const reference = tryParseReference(text);
  const name = reference === undefined ? text : familiarReference(reference);
  return refs.includes(name) ? [name] : [];
}
