import type { Image } from '@layers/core';
import { readingOf } from '@layers/core/api';
import type { PackagesDocument } from '../packages/document.js';
import { type PackagesOptions, packagesDocument } from '../packages/packages-document.js';

/**
 * Lists the packages of an image, with the layer that brought each: those of apk, dpkg and rpm, and those of npm, Python,
 * Ruby, Go and Java.
 *
 * @param options `types` of packages; `allLayers` also lists what later layers removed or replaced
 * @throws LayersError as `inspectImage`; ERR_LAYERS_NEEDS_FILE for an image from a stream
 *
 * @example
 * ```ts
 * const { packages } = await listPackages(await openImage('image.tar'), { types: ['dpkg', 'npm'] });
 * for (const { name, version, layer } of packages) console.log(name, version, layer);
 * ```
 */
export async function listPackages(image: Image, options: PackagesOptions = {}): Promise<PackagesDocument> {
  return packagesDocument(await readingOf(image).read(options), options);
}
