import type { ReadImage } from '@layers/core/image';
import { readOne } from '@layers/testing/analysed';
import type { Scratch } from '@layers/testing/scratch';
import { writeImages } from '../../src/archive/write-images.ts';
import type { NewImage } from '../../src/image/new-image.ts';

/** Writes an image to an archive, and reads it. */
export async function writtenImage(image: NewImage, scratch: Scratch): Promise<ReadImage> {
  const chunks: Buffer[] = [];
  const write = async (chunk: Uint8Array): Promise<void> => void chunks.push(Buffer.from(chunk));
  await writeImages([image], { kind: 'stream', write }, { format: 'hybrid', threads: 0 });
  return readOne({ path: scratch.file(Buffer.concat(chunks)) });
}
