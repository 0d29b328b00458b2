import { compareImages, type DiffOptions } from '../diff/diff.js';
import type { DiffDocument } from '../diff/document.js';
import { readPair } from '../image/read-pair.js';
import { type Image, readingOf } from './image.js';
import type { LayerOptions } from './reading.js';

/**
 * Compares two images: root file systems, layers, configs, histories and packages. Layers that both have are read
 * once. Times of files, which names are hard links, and the like do not count unless `ignore` says so; what does not
 * count is counted in `ignored`.
 *
 * @param options `only` some sections; `ignore`; `include` and `exclude` globs of paths; `patch` for unified diffs
 * @returns plain data; `files` is made while it is read, and can be read once
 * @throws LayersError ERR_LAYERS_USAGE for a bad glob; ERR_LAYERS_NEEDS_FILE where contents of a stream are needed
 *   again; as `inspectImage` does
 *
 * @example
 * ```ts
 * const { identical, files } = await diffImages(await openImage('a.tar'), await openImage('b.tar'));
 * for (const { change, path } of files ?? []) console.log(change, path);
 * ```
 */
export async function diffImages(
  a: Image,
  b: Image,
  options: DiffOptions & LayerOptions = {},
): Promise<DiffDocument> {
  const [readingA, readingB] = [readingOf(a), readingOf(b)];
  if (readingA.started || readingB.started) {
    const imageA = await readingA.read(options);
    return compareImages(imageA, await readingB.read(options), options);
  }
  const [imageA, imageB] = await readPair(
    { archive: readingA.archive, image: readingA.description },
    { archive: readingB.archive, image: readingB.description },
    options,
  );
  return compareImages(imageA, imageB, options);
}
