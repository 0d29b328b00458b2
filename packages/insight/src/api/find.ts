import type { Image } from '@layers/core';
import { readingOf } from '@layers/core/api';
import type { FindDocument } from '../find/document.js';
import { type FindOptions, findDocument } from '../find/find-files.js';

/**
 * Finds paths in all layers of an image, also deleted and overwritten ones, and what each layer did to them. Reads only the
 * headers of uncompressed layers.
 *
 * @param options `patterns` of names or whole paths; conditions such as `minBytes`, `types` and `privileged`; `deleted` and
 *   `layer`
 * @throws LayersError ERR_LAYERS_USAGE for an invalid glob; ERR_LAYERS_LAYER_NOT_FOUND; as `inspectImage`
 *
 * @example
 * ```ts
 * const { matches } = await findFiles(await openImage('image.tar'), { patterns: ['*.pem'], deleted: true });
 * for (const { path, events } of matches) console.log(path, events.map(({ layer, change }) => `${change} by ${layer}`));
 * ```
 */
export async function findFiles(image: Image, options: FindOptions = {}): Promise<FindDocument> {
  return findDocument(await readingOf(image).read(options), options);
}
