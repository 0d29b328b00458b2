import { openArchive, readImage } from '@layers/core/image';
import { repackedImage } from '@layers/rewrite/change';
import type { NewImage } from '@layers/rewrite/image';

/** Returns the images of an archive unchanged, for a store. */
export async function newImages(path: string): Promise<NewImage[]> {
  const archive = await openArchive({ path });
  const images: NewImage[] = [];
  for (const description of archive.images) images.push(repackedImage(await readImage(archive, description)));
  return images;
}
