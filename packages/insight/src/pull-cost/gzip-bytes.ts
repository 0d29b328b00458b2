import { createGzip } from 'node:zlib';
import { layerTar, type ReadImage } from '@layers/core/image';

/**
 * Returns the size of each uncompressed layer after gzip, as `docker push` compresses it, within a few percent; null for a
 * layer that is compressed already, and for one that is missing.
 */
export async function gzipBytes(image: ReadImage, signal?: AbortSignal): Promise<(number | null)[]> {
  const sizes: (number | null)[] = [];
  for (const layer of image.layers) {
    sizes.push(
      layer.index === null || layer.index.compression !== null || layer.description.digest !== null
        ? null
        : await compressedBytes(layerTar(image, layer), signal),
    );
  }
  return sizes;
}

async function compressedBytes(tar: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<number> {
  const gzip = createGzip();
  let bytes = 0;
  gzip.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const ended = new Promise<void>((resolve, reject) => {
    gzip.on('end', resolve);
    gzip.on('error', reject);
  });
  for await (const chunk of tar) {
    signal?.throwIfAborted();
    // The chunk is a view that the next one replaces.
    await new Promise<void>((resolve, reject) => {
      gzip.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
  gzip.end();
  await ended;
  return bytes;
}
