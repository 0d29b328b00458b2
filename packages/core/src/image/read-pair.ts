import { openNodeCodec } from '#core/compression/node-codec.js';
import type { Compression } from '../compression/sniff.js';
import type { ImageDescription } from './describe/description.js';
import { knownLayers } from './known-layers.js';
import { compressionOf } from './layers/index-layer.js';
import type { Archive, ReadOptions } from './open-archive.js';
import { type ReadImage, readImage } from './read-image.js';

/** An image to read. */
export interface ImageInArchive {
  readonly archive: Archive;
  readonly image: ImageDescription;
}

/**
 * Reads two images. Reads a layer that both have once, from the cheaper of both; with `verify` from both.
 * Throws as `readImage` does.
 */
export async function readPair(
  a: ImageInArchive,
  b: ImageInArchive,
  options: ReadOptions = {},
): Promise<readonly [ReadImage, ReadImage]> {
  const [costA, costB] = [costOf(a), costOf(b)];
  // The result must not depend on which image is A, so equal costs need an order too.
  const swapped = costA === costB ? sortKeyOf(b) < sortKeyOf(a) : costB < costA;
  const [cheap, expensive] = swapped ? [b, a] : [a, b];
  const first = await readImage(cheap.archive, cheap.image, options);
  const known = knownLayers(options.verify === true ? [] : first.layers);
  const second = await readImage(expensive.archive, expensive.image, options, known);
  return swapped ? [second, first] : [first, second];
}

function sortKeyOf({ image }: ImageInArchive): string {
  return `${image.configName} ${image.layers.map(({ name }) => name).join(' ')}`;
}

/** Returns the cost of reading a stored byte, relative to gzip. Uncompressed layers cost nothing. */
function costPerByte(compression: Compression): number {
  if (compression !== 'zstd') return 1;
  const codec = openNodeCodec('zstd');
  codec?.close();
  return codec === null ? 5 : 0.7;
}

function costOf({ archive, image }: ImageInArchive): number {
  let cost = 0;
  for (const { file } of image.layers) {
    const bytes = file === null ? null : archive.reader.layer(file);
    if (bytes?.from !== 'source') continue;
    const compression = compressionOf(bytes.source);
    if (compression !== null) cost += bytes.source.size * costPerByte(compression);
  }
  return cost;
}
