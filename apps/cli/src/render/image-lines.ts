import type { ImageItem } from '../documents/images.js';

/** A line of `layers images`: an image, or the platforms of one. */
export interface ImageLine extends ImageItem {
  /** The digest of the config; of the index for several platforms, and of a manifest that cannot be read. */
  readonly id: string;
  /** The digest of what the name refers to. */
  readonly digest: string;
  readonly platforms: readonly ImageItem['platform'][];
  readonly isDamaged: boolean;
}

/** Joins the platforms that have one name and one index, as docker does; one digest stands for all of them. */
export function imageLines(images: readonly ImageItem[]): readonly ImageLine[] {
  const groups = new Map<ImageItem | string, ImageItem[]>();
  for (const image of images) {
    const key = image.indexDigest === null ? image : `${image.indexDigest} ${image.reference ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [image]);
    else group.push(image);
  }
  return [...groups.values()].flatMap((group) => lineOf(group) ?? []);
}

function lineOf(group: readonly ImageItem[]): ImageLine | null {
  const [first] = group;
  if (first === undefined) return null;
  const { manifestDigest, indexDigest } = first;
  const index = group.length > 1 ? indexDigest : null;
  return {
    ...first,
    id: index ?? first.id ?? manifestDigest,
    digest: index ?? manifestDigest,
    platforms: group.map(({ platform }) => platform),
    sizeBytes: sum(group.map(({ sizeBytes }) => sizeBytes)),
    uniqueBytes: sum(group.map(({ uniqueBytes }) => uniqueBytes)),
    sharedBytes: sum(group.map(({ sharedBytes }) => sharedBytes)),
    isDamaged: group.some(({ problem }) => problem !== null),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
