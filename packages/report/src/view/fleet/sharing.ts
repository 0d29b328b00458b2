import type { Fleet } from './fleet.js';

/** Some images, or repositories, with the bytes of layers that each two of them have. */
export interface Sharing {
  readonly count: number;
  /** Row by row; on the diagonal, the bytes of each. */
  readonly bytes: Float64Array;
}

/** Returns the bytes of layers that each two groups of images have. */
export function sharingOf(fleet: Fleet, groups: readonly (readonly number[])[]): Sharing {
  const count = groups.length;
  const bytes = new Float64Array(count * count);
  const groupsOfLayer = new Map<number, number[]>();
  for (const [group, images] of groups.entries())
    for (const layer of fleet.layersOfAll(images)) {
      const known = groupsOfLayer.get(layer);
      if (known === undefined) groupsOfLayer.set(layer, [group]);
      else known.push(group);
    }
  for (const [layer, having] of groupsOfLayer) {
    const size = fleet.bytesOf([layer]);
    if (size === 0) continue;
    for (const a of having) for (const b of having) bytes[a * count + b] = (bytes[a * count + b] ?? 0) + size;
  }
  return { count, bytes };
}

/** Returns the bytes that two have. */
export function sharedBetween({ count, bytes }: Sharing, a: number, b: number): number {
  return bytes[a * count + b] ?? 0;
}

/** Returns the part of the smaller of two that the other has, too; 0 where that is nothing. */
export function sharedPart(sharing: Sharing, a: number, b: number): number {
  const smaller = Math.min(sharedBetween(sharing, a, a), sharedBetween(sharing, b, b));
  return smaller === 0 ? 0 : sharedBetween(sharing, a, b) / smaller;
}

/** Two images, and the bytes of layers that both have. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  readonly bytes: number;
}

/** Pairs are sought among so many images. */
const MOST_IMAGES = 1500;

/** The pairs of images that share most. */
export interface Pairs {
  readonly pairs: readonly Pair[];
  /** The number of images among which they were sought: the largest. */
  readonly images: number;
  /** All pairs of these that share something. */
  readonly total: number;
}

/** Returns the pairs of images that share the most bytes. */
export function largestPairs(fleet: Fleet, most: number): Pairs {
  const images = Math.min(fleet.facts.images.length, MOST_IMAGES);
  const sharing = sharingOf(
    fleet,
    Array.from({ length: images }, (_, image) => [image]),
  );
  const sizes = new Float64Array((images * (images - 1)) / 2);
  let total = 0;
  for (let a = 0; a < images; a++)
    for (let b = a + 1; b < images; b++) {
      const bytes = sharedBetween(sharing, a, b);
      if (bytes > 0) sizes[total++] = bytes;
    }
  const least = sizes.subarray(0, total).sort()[Math.max(0, total - most)] ?? 0;
  const pairs: Pair[] = [];
  for (let a = 0; a < images; a++)
    for (let b = a + 1; b < images; b++) {
      const bytes = sharedBetween(sharing, a, b);
      if (bytes > 0 && bytes >= least) pairs.push({ a, b, bytes });
    }
  return { pairs: pairs.sort((x, y) => y.bytes - x.bytes).slice(0, most), images, total };
}
