import { familiarName, familiarReference, tryParseReference } from '@layers/core/oci';
import { type FoundImage, listNames } from '@layers/store/images';
import type { Store } from '@layers/store/layout';
import { storeReference } from '../input/image-name.js';
import { foundImage } from '../input/stored-input.js';

/** An image of the store with the requested names. */
export interface NamedImage {
  readonly image: FoundImage;
  readonly tags: readonly string[];
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
  const found = new Map<string, { readonly image: FoundImage; readonly tags: Set<string> }>();
  for (const name of references) {
    const reference = storeReference(name) ?? name;
    for (const { image, tags } of imagesOf(store, reference, platform)) {
      const entry = found.get(image.manifestDigest) ?? { image, tags: new Set<string>() };
      for (const tag of tags) entry.tags.add(tag);
      found.set(image.manifestDigest, entry);
    }
  }
  return [...found.values()].map(({ image, tags }) => ({ image, tags: [...tags] }));
}

function imagesOf(store: Store, reference: string, platform: string | undefined): NamedImage[] {
  const named = tagsOf(store, reference).map((tag) => ({
    image: foundImage(store, tag, platform),
    tags: [tag],
  }));
  if (named.length > 0) return named;
  const image = foundImage(store, reference, platform);
  return [{ image, tags: nameOf(image, reference) }];
}

/** All tags of a repository that is named without one; empty for everything else. */
function tagsOf(store: Store, text: string): string[] {
  const reference = tryParseReference(text);
  if (reference === undefined || reference.tag !== undefined || reference.digest !== undefined) return [];
  const repository = familiarName(reference);
  const names = listNames(store);
  const tags = names.filter((name) => {
    const known = tryParseReference(name);
    return known?.tag !== undefined && familiarName(known) === repository;
  });
  return [...new Set(tags)].sort();
}

function nameOf({ refs }: FoundImage, text: string): string[] {
  const reference = tryParseReference(text);
  const name = reference === undefined ? text : familiarReference(reference);
  return refs.includes(name) ? [name] : [];
}
