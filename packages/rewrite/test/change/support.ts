import type { ReadImage } from '@layers/core/image';
import { writeImages } from '../../src/archive/write-images.ts';
import { type RepackOptions, repackedImage } from '../../src/change/repack.ts';
import { gathered } from '../support/tree.ts';

/** The uncompressed tars of the layers that a repacked image has. */
export async function repackedTars(image: ReadImage, options: RepackOptions): Promise<Buffer[]> {
  const tars: Buffer[] = [];
  for (const layer of repackedImage(image, options).layers) {
    if (layer.kind !== 'generated') throw new Error('a layer is kept as it is');
    const tar = await gathered(layer.tar());
    if (layer.tarBytes !== null && layer.tarBytes !== tar.length)
      throw new Error('the tar has another length');
    tars.push(tar);
  }
  return tars;
}

/** The archive that a repacked image is written as. */
export async function repackedArchive(
  image: ReadImage,
  options: RepackOptions,
  { format = 'hybrid', threads = 0 }: { format?: 'hybrid' | 'docker' | 'oci'; threads?: number } = {},
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const write = async (chunk: Uint8Array): Promise<void> => void pieces.push(Buffer.from(chunk));
  await writeImages(
    [repackedImage(image, options)],
    { kind: 'stream', write },
    {
      format,
      threads,
    },
  );
  return Buffer.concat(pieces);
}
