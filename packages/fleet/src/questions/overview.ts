import { answer, prepareQuestions } from './ask.js';
import { withFleet } from './open-fleet.js';
import type { QuestionName } from './questions.js';
import { EXCLUSIVE_FILES } from './sharing.js';
import { type QueryResult, runQuery } from './sql.js';

/**
 * Tables of an overview. Images are in the order of the question `top`, with what the questions `top`, `exclusive` and `shared`
 * say of each. Layers are blobs; `images` is the number of images that have each.
 */
const TABLES = {
  images: `
SELECT image, name, digest, os, architecture, variant, created, distribution, i.stored_bytes, rootfs_bytes, wasted_bytes,
  coalesce(e.bytes, 0) AS exclusive_bytes, coalesce(e.layers, 0) AS exclusive_layers,
  coalesce(f.bytes, 0) AS exclusive_file_bytes, i.layers, files
FROM images AS i JOIN current_images USING (image) LEFT JOIN exclusive_blobs AS e USING (image)
LEFT JOIN (${EXCLUSIVE_FILES}) AS f USING (image)
ORDER BY stored_bytes DESC, name, image`,
  tags: 'SELECT DISTINCT image, tag, repository FROM tags ORDER BY tag NULLS LAST, image',
  layers: `
SELECT layer, digest, diff_id, l.stored_bytes, content_bytes, images
FROM layers AS l JOIN (SELECT layer, images FROM blob_owners) USING (layer) ORDER BY layer`,
  uses: `
SELECT image, position, layer, instruction
FROM image_layers JOIN (SELECT image FROM current_images) USING (image) ORDER BY image, position`,
} as const;

/** What a report about a fleet shows, all of one moment. */
export interface FleetOverview {
  readonly summary: QueryResult;
  readonly duplicates: QueryResult;
  readonly bases: QueryResult;
  readonly stale: QueryResult;
  readonly whatif: QueryResult;
  readonly timeline: QueryResult;
  readonly packages: QueryResult;
  readonly problems: QueryResult;
  /** Those that the questions `top`, `exclusive` and `shared` are about, with what these say. */
  readonly images: QueryResult;
  readonly tags: QueryResult;
  /** Each blob once, with the number of images that have it. */
  readonly layers: QueryResult;
  /** The layers of each image, from its base. */
  readonly uses: QueryResult;
}

/**
 * Answers the questions of a report, and lists the images with their tags and layers.
 *
 * @param path the folder that `scanFleet` wrote
 * @param options.top the most rows of a question, of those that come first. Default: all
 * @throws LayersError ERR_LAYERS_READ where the folder is not a fleet; ERR_LAYERS_ENGINE_MISSING
 */
export function fleetOverview(
  path: string,
  options: { readonly top?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<FleetOverview> {
  const { top, signal } = options;
  return withFleet(path, async (fleet) => {
    await prepareQuestions(fleet);
    const ask = (name: QuestionName): Promise<QueryResult> => answer(fleet, name, { top, signal });
    const list = (sql: string): Promise<QueryResult> => runQuery(fleet, sql, { signal });
    return {
      summary: await ask('summary'),
      duplicates: await ask('duplicates'),
      bases: await ask('bases'),
      stale: await ask('stale'),
      whatif: await ask('whatif'),
      timeline: await ask('timeline'),
      packages: await ask('packages'),
      problems: await ask('problems'),
      images: await list(TABLES.images),
      tags: await list(TABLES.tags),
      layers: await list(TABLES.layers),
      uses: await list(TABLES.uses),
    };
  });
}
