import type { Fleet } from './fleet.js';
import type { Repository } from './fleet-tree.js';

/** Returns the images that are deleted if each repository keeps its newest image only. */
export function olderImages(fleet: Fleet): number[] {
  return fleet.repositories.flatMap((repository) => olderIn(fleet, repository));
}

/** Returns the images of a repository but the newest. Without a time of creation, an image is older than others. Images without a tag stay. */
export function olderIn({ facts }: Fleet, { images, deletable, hasTags }: Repository): number[] {
  if (!hasTags) return [];
  const createdOf = (image: number): string => facts.images[image]?.created ?? '';
  const [newest] = [...images].sort((a, b) =>
    createdOf(a) < createdOf(b) ? 1 : createdOf(a) > createdOf(b) ? -1 : 0,
  );
  return deletable.filter((image) => image !== newest);
}
