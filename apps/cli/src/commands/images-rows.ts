import { familiarName, tryParseReference } from '@layers/core/oci';
import type { StoredImage } from '@layers/store/images';

/** A line of `layers images`: an image under one of its names. */
export interface ImageRow {
  readonly image: StoredImage;
  /** As docker shows it; null where the image has no name. Hostile text. */
  readonly reference: string | null;
  /** Null where the name has none, or the image has no name. */
  readonly repository: string | null;
  readonly tag: string | null;
}

/**
 * The lines in docker's order: the newest image first, its names by the alphabet; what has no time of creation comes
 * last. Images of one time stay in the order of the store's index.
 */
export function imageRows(images: readonly StoredImage[]): ImageRow[] {
  return images
    .map((image) => ({ image, time: timeOf(image) }))
    .sort((a, b) => (a.time === b.time ? 0 : b.time - a.time))
    .flatMap(({ image }) => rowsOf(image));
}

function timeOf({ created }: StoredImage): number {
  const time = created === null ? Number.NaN : Date.parse(created);
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

function rowsOf(image: StoredImage): ImageRow[] {
  if (image.refs.length === 0) return [{ image, reference: null, repository: null, tag: null }];
  return image.refs.map((reference) => ({ image, reference, ...partsOf(reference) }));
}

/** What other tools have written as a name may be no reference: it is shown as it is. */
function partsOf(reference: string): Pick<ImageRow, 'repository' | 'tag'> {
  const parsed = tryParseReference(reference);
  if (parsed === undefined) return { repository: reference, tag: null };
  return { repository: familiarName(parsed), tag: parsed.tag ?? null };
}
