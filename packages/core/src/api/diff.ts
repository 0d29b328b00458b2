import { compareImages, type DiffOptions } from '../diff/diff.js';
import type { DiffDocument } from '../diff/document.js';
import { readPair } from '../image/read-pair.js';
import { type Image, readingOf } from './image.js';

/**
 * Compares two images: root file systems, layers, configs, histories and packages. Reads layers that both images have
 * once. Ignores modification times and hard links by default; ignored differences are counted in `ignored`.
 *
 * @param options `only` these sections; kinds of differences to `ignore`; `include` and `exclude` globs of paths;
 *   `patch` for unified diffs
 * @returns plain data, sizes in bytes; `files` is generated during iteration
 * @throws LayersError ERR_LAYERS_USAGE for an invalid glob; ERR_LAYERS_NEEDS_FILE where the contents of a streamed
 *   archive are needed again; as `inspectImage`
 *
 * @example
 * ```ts
 * const { identical, files } = await diffImages(await openImage('a.tar'), await openImage('b.tar'));
 * for (const { change, path } of files ?? []) console.log(change, path);
 * ```
 */
export async function diffImages(a: Image, b: Image, options: DiffOptions = {}): Promise<DiffDocument> {
  const [readingA, readingB] = [readingOf(a), readingOf(b)];
  if (readingA.started || readingB.started) {
    const imageA = await readingA.read(options);
    return compareImages(imageA, await readingB.read(options), options);
  }
  const [imageA, imageB] = await readPair(
    { archive: readingA.archive, image: readingA.description },
    { archive: readingB.archive, image: readingB.description },
    { ...options, cache: readingA.cache },
  );
  return compareImages(imageA, imageB, options);
}
