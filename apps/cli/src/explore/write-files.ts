import { type ReadImage, upToLayer } from '@layers/core/image';
import { withAtomicFile } from '@layers/core/io';
import type { ExtractEffect } from '@layers/explorer';
import { extractRootfs } from '@layers/rewrite/change';
import { checkDestination } from '@layers/rewrite/extract';
import { counted } from '../output/format.js';
import { refuseExtractionIntoLayout } from '../write/layout-files.js';

/**
 * Writes the bytes of a file of the image to a new file.
 *
 * @throws LayersError ERR_LAYERS_OUTPUT_EXISTS, ERR_LAYERS_WRITE_OUTPUT, and as `contentChunks`
 */
export async function saveContent(
  chunks: AsyncIterable<Uint8Array>,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  await withAtomicFile(to, { force: false, signal }, async (file) => {
    for await (const chunk of chunks) await file.write(chunk);
  });
}

/** Returns what is not extracted, as the end of a sentence. */
export function leftOutText({ deletedPaths }: Pick<ExtractEffect, 'deletedPaths'>): string {
  return deletedPaths === 0 ? '' : `, ${counted(deletedPaths, 'deleted path')} left out`;
}

/**
 * Extracts a path of the file system as it is after a layer; returns what was done, as a sentence.
 *
 * @throws LayersError as `extractRootfs`
 */
export async function extractPath(
  image: ReadImage,
  path: Uint8Array,
  layer: number,
  directory: string,
  signal: AbortSignal,
): Promise<string> {
  refuseExtractionIntoLayout(directory);
  checkDestination(directory, false);
  const lower: ReadImage = {
    ...image,
    description: upToLayer(image.description, layer),
    layers: image.layers.slice(0, layer + 1),
  };
  const { files, links, notDone } = await extractRootfs(lower, directory, { paths: [path], signal });
  const failures = notDone.length === 0 ? '' : `, ${counted(notDone.length, 'attribute')} not set`;
  return `${counted(files + links, 'file')} extracted to ${directory}${failures}`;
}
