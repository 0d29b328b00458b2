import type { HistoryDocument, InspectDocument, WasteDocument } from '../analysis/documents.js';
import { historyDocument } from '../analysis/history.js';
import { inspectDocument } from '../analysis/inspect.js';
import { wasteDocument } from '../analysis/waste.js';
import type { LayerOptions } from '../image/open-archive.js';
import { type Image, readingOf } from './image.js';

/** Options of `findWaste`. */
export interface WasteOptions extends LayerOptions {
  /** The number of layers of the base image: what it wastes by itself is summed up, not listed. Default: 0. */
  readonly baseLayers?: number | undefined;
}

/** Options of `inspectImage`. */
export interface InspectOptions extends WasteOptions {
  /** The number of wasted files to list, largest first. Default: 10. */
  readonly top?: number | undefined;
}

/**
 * Describes an image: its layers with what each adds and wastes, its totals and its findings. Sizes are in bytes.
 *
 * @throws LayersError ERR_LAYERS_TAR_*, ERR_LAYERS_GZIP_*, ERR_LAYERS_ZSTD_*, ERR_LAYERS_XZ_* and ERR_LAYERS_BZIP2_*
 *   for a damaged layer; ERR_LAYERS_READ; ERR_LAYERS_LIMIT
 *
 * @example
 * ```ts
 * const { totals, layers } = await inspectImage(await openImage('image.tar'));
 * console.log(totals.wastedBytes, layers.map(({ instruction, contentBytes }) => [contentBytes, instruction]));
 * ```
 */
export async function inspectImage(image: Image, options: InspectOptions = {}): Promise<InspectDocument> {
  const analysis = await readingOf(image).analyse(options);
  return inspectDocument(analysis, { top: options.top ?? 10, baseLayers: options.baseLayers });
}

/**
 * Lists all wasted files, largest first: the layer that stored each, the layer that made it unreachable, and the cause.
 * `totals.contentBytes` is exactly `totals.rootfsBytes + totals.wastedBytes`.
 *
 * @throws LayersError as `inspectImage`
 *
 * @example
 * ```ts
 * const { waste } = await findWaste(await openImage('image.tar'));
 * for (const { path, sizeBytes, cause } of waste.slice(0, 10)) console.log(sizeBytes, path, cause);
 * ```
 */
export async function findWaste(image: Image, options: WasteOptions = {}): Promise<WasteDocument> {
  return wasteDocument(await readingOf(image).analyse(options), options.baseLayers);
}

/**
 * Lists the build steps of an image, newest first, with the layer of each (OCI image-spec config.md, `history`).
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_LIMIT
 */
export async function imageHistory(image: Image, options: LayerOptions = {}): Promise<HistoryDocument> {
  return historyDocument(await readingOf(image).read(options));
}
