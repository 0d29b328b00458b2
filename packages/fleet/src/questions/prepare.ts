import { statSync } from 'node:fs';
import { reading } from '@layers/core/io';
import { prepareQuestions } from './ask.js';
import { createChunks } from './chunks.js';
import { createContents } from './contents.js';
import { withFleet } from './open-fleet.js';

/** Parquet files of `files` with fewer bytes have some million rows: all questions about them are answered at once. */
const LARGE_BYTES = 50e6;

/**
 * Computes what several questions about a large fleet need, and keeps it in the folder, so that the first of them after a scan
 * takes no longer than the next ones.
 *
 * @param path the folder that `scanFleet` or `mergeFleets` wrote
 * @param largeBytes how many bytes of Parquet files of `files` make a fleet large
 * @throws LayersError ERR_LAYERS_READ where the folder is not a fleet; ERR_LAYERS_ENGINE_MISSING
 */
export function prepareFleet(path: string, { largeBytes = LARGE_BYTES } = {}): Promise<void> {
  return withFleet(path, async (fleet) => {
    const sizes = fleet.folder.filesOf('files').map((file) => reading(file, () => statSync(file).size));
    if (sizes.reduce((sum, size) => sum + size, 0) < largeBytes) return;
    await prepareQuestions(fleet);
    await createContents(fleet);
    await createChunks(fleet);
  });
}
