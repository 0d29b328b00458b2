import { layerTar, type ReadImage, type ReadLayer } from '@layers/core/image';
import { fileSource, writeNewFile } from '@layers/core/io';
import type { EmitOptions } from './emit-tar.js';

/** Decompresses a verified layer to a file, and returns the layer with that file as its source. */
export async function copyToFile(
  image: ReadImage,
  layer: ReadLayer,
  path: string,
  { signal }: EmitOptions,
): Promise<ReadLayer> {
  let length = 0;
  await writeNewFile(path, {}, async ({ write }) => {
    for await (const chunk of layerTar(image, layer)) {
      signal?.throwIfAborted();
      length += chunk.length;
      await write(chunk);
    }
  });
  const index = layer.index === null ? null : { ...layer.index, compression: null };
  // The declared digest is that of the compressed layer, which was verified.
  return { ...layer, index, verified: true, bytes: { from: 'source', source: fileSource(path, length) } };
}
