import { openNodeCodec } from '../compression/node-codec.js';
import type { Compression } from '../compression/sniff.js';
import type { ImageDescription } from './describe/description.js';
import { knownLayers } from './known-layers.js';
import { compressionOfRange } from './layers/index-layer.js';
import type { Archive, ReadOptions } from './open-archive.js';
import { type ReadImage, readImage } from './read-image.js';

/** An image that is to be read. */
export interface ImageInArchive {
  readonly archive: Archive;
  readonly image: ImageDescription;
}

/**
 * Reads two images. A layer whose DiffID both name is read once, where that is cheaper; with `verify` each is read.
 * Throws as `readImage` does.
 */
export async function readPair(
  a: ImageInArchive,
  b: ImageInArchive,
  options: ReadOptions = {},
): Promise<readonly [ReadImage, ReadImage]> {
  const [costA, costB] = [costOf(a), costOf(b)];
  // Of equal ones always the same one first: what is believed must not depend on which is called A.
  const swapped = costA === costB ? nameOf(b) < nameOf(a) : costB < costA;
  const [cheap, dear] = swapped ? [b, a] : [a, b];
  const first = await readImage(cheap.archive, cheap.image, options);
  const known = knownLayers(options.verify === true ? [] : first.layers);
  const second = await readImage(dear.archive, dear.image, options, known);
  return swapped ? [second, first] : [first, second];
}

function nameOf({ image }: ImageInArchive): string {
  return `${image.configName} ${image.layers.map(({ name }) => name).join(' ')}`;
}

/** What reading a stored byte through costs, beside gzip; an uncompressed one is not read. */
function costPerByte(compression: Compression): number {
  if (compression !== 'zstd') return 1;
  const codec = openNodeCodec('zstd');
  codec?.close();
  return codec === null ? 5 : 0.7;
}

function costOf({ archive, image }: ImageInArchive): number {
  let cost = 0;
  for (const { member } of image.layers) {
    const place = member === null ? null : archive.members.layer(member);
    const compression = place?.from === 'range' ? compressionOfRange(place.range) : null;
    if (place?.from === 'range' && compression !== null)
      cost += place.range.length * costPerByte(compression);
  }
  return cost;
}
