import type { HistoryDocument, InspectDocument, WasteDocument } from '../analysis/documents.js';
import { historyDocument } from '../analysis/history.js';
import { inspectDocument } from '../analysis/inspect.js';
import { wasteDocument } from '../analysis/waste.js';
import { type Image, readingOf } from './image.js';
import type { LayerOptions } from './reading.js';

export interface InspectOptions extends LayerOptions {
  /** How many of the largest wasted files to list. Default: 10. */
  readonly top?: number | undefined;
}

/**
 * Describes an image: its layers, what each adds and wastes, its totals and its findings. All sizes are in bytes.
 *
 * @throws LayersError the code of a damaged layer; ERR_LAYERS_READ; ERR_LAYERS_LIMIT
 */
export async function inspectImage(image: Image, options: InspectOptions = {}): Promise<InspectDocument> {
  const analysis = await readingOf(image).analyse(options);
  return inspectDocument(analysis, { top: options.top ?? 10 });
}

/**
 * Lists every wasted file, the largest first: the layer that stored it, the layer that made it unreachable, and why.
 * `totals.contentBytes` is exactly `totals.rootfsBytes + totals.wastedBytes`.
 *
 * @throws LayersError as `inspectImage` does
 *
 * @example
 * ```ts
 * const { waste } = await findWaste(await openImage('image.tar'));
 * for (const { path, bytes, cause } of waste.slice(0, 10)) console.log(bytes, path, cause);
 * ```
 */
export async function findWaste(image: Image, options: LayerOptions = {}): Promise<WasteDocument> {
  return wasteDocument(await readingOf(image).analyse(options));
}

/**
 * Lists the steps that made an image, the newest first, with the layer of each (OCI config.md, `history`).
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_LIMIT
 */
export async function imageHistory(image: Image, options: LayerOptions = {}): Promise<HistoryDocument> {
  return historyDocument(await readingOf(image).read(options));
}
