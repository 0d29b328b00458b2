import { type Image, type LayerOptions, readingOf } from '@layers/core/api';
import { type AppendedImage, type AppendLayerOptions, appendedImage } from '../change/append.js';
import { type ConfigureOptions, configuredImage } from '../change/configure.js';
import { type RepackOptions, repackedImage } from '../change/repack.js';
import { type SquashOptions, squashedImage } from '../change/squash.js';
import type { NewImage } from '../image/new-image.js';

/**
 * Plans an image with a run of layers merged into one. The root file system stays the same; all other layers keep
 * their bytes. `writeImage` writes it.
 *
 * @param options `from` and `to`, the positions of the first and the last layer to merge; default all
 * @throws LayersError ERR_LAYERS_LAYER_NOT_FOUND; ERR_LAYERS_LAYER_MISSING; ERR_LAYERS_NO_CONFIG for an image from
 *   before image configs; the code of a damaged layer
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
  return squashedImage(await readingOf(image).read(options), options);
}

/**
 * Plans an image in another form, with the same root file system, history and number of layers. `writeImage` writes
 * it.
 *
 * @param options `compression` of layers; `dropWaste`; `reproducible`
 * @throws LayersError as `squashImage` does; ERR_LAYERS_USAGE for a time that is out of range
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
  return repackedImage(await readingOf(image).read(options), options);
}

/**
 * Plans an image with one more layer on top: files, directories, the contents of tars, and deletions. All other layers
 * keep their bytes. `writeImage` writes it.
 *
 * @returns the image, and what the new layer will hold
 * @throws LayersError ERR_LAYERS_READ for a source; ERR_LAYERS_PATH_NOT_FOUND for a deletion; as `squashImage` does
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
  return appendedImage(await readingOf(image).read(options), options);
}

/**
 * Plans an image with other execution parameters, labels, annotations or platform. All layers keep their bytes, and
 * unknown fields of the config survive. `writeImage` writes it.
 *
 * @throws LayersError ERR_LAYERS_USAGE for a value that is not valid; as `squashImage` does
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
  return configuredImage(await readingOf(image).read(options), options);
}
