import { type WriteOptions, withOciManifest } from '@layers/rewrite/archive';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';

/** Adds images to a layout, as `layers load` does to the store. A name moves to the new image. Throws as `loadImages` does. */
export async function addToLayout(
  images: readonly NewImage[],
  path: string,
  { signal, onProgress }: Pick<WriteOptions, 'signal' | 'onProgress'>,
): Promise<readonly WrittenImage[]> {
  const [{ openStore }, { loadImages }] = await Promise.all([
    import('@layers/store/layout'),
    import('@layers/store/load'),
  ]);
  const loaded = await loadImages(openStore(path), images.map(withOciManifest), { signal, onProgress });
  return loaded.map(({ id, manifestDigest, tags, layers }) => ({ id, manifestDigest, tags, layers }));
}
