import type { ImageDescription } from '@layers/core/image';
import { referenceMatches, tryParseReference } from '@layers/core/oci';
import type { Input } from './open-input.js';

/**
 * Returns the tag, or the literal name of a layout, by which the user chose an image; undefined if it was not chosen by a
 * name. Other tags of the image may be
 * in use for the unchanged image, and must not move with the chosen one.
 */
export function chosenTags(
  { tags, refNames = [] }: Pick<ImageDescription, 'tags' | 'refNames'>,
  { image, source }: Pick<Input, 'image' | 'source'>,
): readonly string[] | undefined {
  const query = image ?? ('reference' in source ? source.reference : undefined);
  if (query === undefined) return undefined;
  const exact = tags.filter((tag) => tag === query);
  const named = exact.length > 0 ? exact : tags.filter((tag) => referenceMatches(query, tag));
  const matching = named.length > 0 ? named : tags.filter((tag) => tryParseReference(tag)?.tag === query);
  if (matching.length > 0) return matching;
  return refNames.includes(query) ? [query] : undefined;
}
