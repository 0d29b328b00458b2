import type { ReadImage } from '@layers/core/image';
import { collect } from '@layers/testing/new-images';
import { writeImages } from '../../src/archive/write-images.ts';
import { type RepackOptions, repackedImage } from '../../src/change/repack.ts';

/** Returns the uncompressed tars of the layers of a repacked image. */
export async function repackedTars(image: ReadImage, options: RepackOptions): Promise<Buffer[]> {
  const tars: Buffer[] = [];
  for (const layer of repackedImage(image, options).layers) {
    if (layer.kind !== 'generated') throw new Error('a layer is copied instead of generated');
    const tar = await collect(layer.tar());
    if (layer.tarBytes !== null && layer.tarBytes !== tar.length)
      throw new Error('the tar has another size than planned');
    tars.push(tar);
  }
  return tars;
}

/** Returns the archive of a repacked image. */
export async function repackedArchive(
  image: ReadImage,
  options: RepackOptions,
  { format = 'hybrid', threads = 0 }: { format?: 'hybrid' | 'docker' | 'oci'; threads?: number } = {},
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const write = async (chunk: Uint8Array): Promise<void> => void chunks.push(Buffer.from(chunk));
  await writeImages(
    [repackedImage(image, options)],
    { kind: 'stream', write },
    {
      format,
      threads,
    },
  );
  return Buffer.concat(chunks);
}
