import type { Analysis } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { ReadImage } from '@layers/core/image';
import type { ContentPlace, ExploredImage } from '@layers/explorer';

/** An image whose layers are explored: the only one, or one of two. */
export interface Side {
  readonly image: ReadImage;
  /** The position of its lowest layer among those that are explored. */
  readonly first: number;
  /** Returns its merged layers, which are merged again for one of two images. */
  readonly analysis: () => Analysis;
  /** The number of layers of its base; 0 where it is not known. */
  readonly baseLayers: number;
}

/** What is explored: one image, or two whose layers are one list, those of A first. */
export interface Explored {
  readonly image: ExploredImage;
  readonly a: Side;
  /** The same as `a` where there is one image. */
  readonly b: Side;
  readonly findings: readonly Finding[];
}

/** Returns the image that has a layer; the last one for the difference of both. */
export function sideOf({ a, b }: Explored, layer: number | null): Side {
  return layer !== null && layer < b.first ? a : b;
}

/** Returns the image of a content, and its place there. */
export function placeIn(
  explored: Explored,
  place: ContentPlace,
): { readonly image: ReadImage; readonly place: ContentPlace } {
  const { image, first } = sideOf(explored, place.layer);
  return { image, place: { ...place, layer: place.layer - first } };
}
