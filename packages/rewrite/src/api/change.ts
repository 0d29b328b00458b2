import { type Image, type LayerOptions, readingOf } from '@layers/core/api';
import { type AppendedImage, type AppendLayerOptions, appendedImage } from '../change/append.js';
import { type ConfigureOptions, configuredImage } from '../change/configure.js';
import { type RechunkedImage, type RechunkOptions, rechunkedImage } from '../change/rechunk.js';
import { type RepackOptions, repackedImage } from '../change/repack.js';
import { type SquashOptions, squashedImage } from '../change/squash.js';
import type { NewImage } from '../image/new-image.js';

/**
 * Plans an image with a range of layers merged into one. The root file system stays the same, and the other layers keep
 * their bytes. Whiteouts that hide files of lower layers stay (OCI layer.md, "Whiteouts"). `writeImage` writes the image.
 *
 * @param options `from` and `to`: the first and the last layer to merge, numbered from 0. Default: all layers
 * @returns the planned image
 * @throws LayersError ERR_LAYERS_LAYER_NOT_FOUND for layers that do not exist; ERR_LAYERS_LAYER_MISSING for an incomplete
 *   archive; ERR_LAYERS_BLOB_MISMATCH for a layer with a wrong digest; ERR_LAYERS_LAYER_COMPRESSION for a compression
 *   that no loader accepts; ERR_LAYERS_NO_CONFIG for an image that predates image configs; ERR_LAYERS_JSON and
 *   ERR_LAYERS_CONFIG for an invalid config; the code of a damaged layer
 *
 * @example
 * ```ts
 * await writeImage(await squashImage(image), 'squashed.tar');
 * ```
 */
export async function squashImage(
  image: Image,
  options: SquashOptions & LayerOptions = {},
): Promise<NewImage> {
  return squashedImage(await readingOf(image).readAll(options), options);
}

/**
 * Plans an image with rewritten layers: recompressed, without waste, or reproducible. The root file system, the history and
 * the number of layers stay the same. Layers without changes keep their bytes. `writeImage` writes the image.
 *
 * @param options `compression` of all layers; `dropWaste` removes wasted files; `reproducible` writes a canonical form
 * @returns the planned image
 * @throws LayersError the codes of `squashImage`; ERR_LAYERS_USAGE if `reproducible.latest` is not a whole number of
 *   seconds before the year 10000
 *
 * @example
 * ```ts
 * await writeImage(await repackImage(image, { dropWaste: true }), 'small.tar');
 * ```
 */
export async function repackImage(
  image: Image,
  options: RepackOptions & LayerOptions = {},
): Promise<NewImage> {
  return repackedImage(await readingOf(image).readAll(options), options);
}

/**
 * Plans an image with the same root file system in other layers, so that hosts transfer less to update it. The files of a
 * package are in one layer, and packages that changed together in earlier versions too. If the newest earlier version has
 * such layers, they are kept as far as that transfers less. Times that differ from build to build make layers differ:
 * `reproducible` limits them. `writeImage` writes the image.
 *
 * @param previous earlier versions, the oldest first
 * @param options `maxLayers`: the most layers, 64 by default; `from`: the first layer to distribute
 * @returns the planned image, and what its updates are expected to transfer
 * @throws LayersError ERR_LAYERS_USAGE for too few or more than 125 layers; the codes of `squashImage`, also for earlier
 *   versions
 *
 * @example
 * ```ts
 * const { image: distributed } = await rechunkImage(image, [await openImage('app-1.tar')]);
 * await writeImage(distributed, 'app-2.tar');
 * ```
 */
export async function rechunkImage(
  image: Image,
  previous: readonly Image[] = [],
  options: RechunkOptions & LayerOptions = {},
): Promise<RechunkedImage> {
  const earlier = [];
  for (const each of previous) earlier.push(await readingOf(each).readAll(options));
  return rechunkedImage(await readingOf(image).readAll(options), earlier, options);
}

/**
 * Plans an image with one more layer on top, from files, directories and tar archives on disk. Deletions become whiteouts
 * (OCI layer.md, "Whiteouts"). The other layers keep their bytes. Sources are scanned now and read when `writeImage`
 * writes the image.
 *
 * @param options `additions`: what to add, and where; `deletions`: paths to delete
 * @returns the planned image, and what the new layer will contain
 * @throws LayersError ERR_LAYERS_READ for a source that cannot be read; ERR_LAYERS_INPUT_CHANGED for one that changes;
 *   ERR_LAYERS_INPUT_NAME for a file whose name is a whiteout; ERR_LAYERS_TAR_* for a damaged tar archive;
 *   ERR_LAYERS_PATH_NOT_FOUND for a deletion of a path that does not exist; ERR_LAYERS_USAGE for an impossible
 *   destination or deletion; the codes of `squashImage`
 *
 * @example
 * ```ts
 * const { image: appended } = await appendLayer(image, {
 *   additions: [{ source: 'dist', destination: '/srv/app/' }],
 * });
 * await writeImage(appended, 'app.tar');
 * ```
 */
export async function appendLayer(
  image: Image,
  options: AppendLayerOptions & LayerOptions,
): Promise<AppendedImage> {
  return appendedImage(await readingOf(image).readAll(options), options);
}

/**
 * Plans an image with an edited config (OCI config.md): execution parameters, labels, platform; or with edited annotations.
 * All layers keep their bytes, and unknown fields of the config stay. `writeImage` writes the image.
 *
 * @param options `edits`: fields to set, null to remove them; `setAnnotations` and `unsetAnnotations`
 * @returns the planned image
 * @throws LayersError ERR_LAYERS_USAGE for an invalid port; ERR_LAYERS_DOCKERFILE for an empty `workdir`; the codes of
 *   `squashImage`
 *
 * @example
 * ```ts
 * const edits = { setEnv: [['PORT', '8080']], user: 'app' } as const;
 * await writeImage(await configureImage(image, { edits }), 'configured.tar');
 * ```
 */
export async function configureImage(
  image: Image,
  options: ConfigureOptions & LayerOptions,
): Promise<NewImage> {
  return configuredImage(await readingOf(image).readAll(options), options);
}
