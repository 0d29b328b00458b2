import { estimateOf, type KnownSample, methodOf } from './chunks.js';
import { TREES } from './views.js';

/** Bytes of all images together, by image, layer and file. */
const SUMMARY = `SELECT 'images' AS of, count(*) AS number, coalesce(sum(stored_bytes), 0)::BIGINT AS stored_bytes,
  coalesce(sum(content_bytes), 0)::BIGINT AS content_bytes
FROM images JOIN current_images USING (image)
UNION ALL
SELECT 'layers' AS of, count(*) AS number, coalesce(sum(stored_bytes), 0)::BIGINT AS stored_bytes,
  coalesce(sum(content_bytes), 0)::BIGINT AS content_bytes
FROM layers JOIN blob_owners USING (layer)
UNION ALL
SELECT 'files' AS of, count(*) AS number, NULL AS stored_bytes, coalesce(sum(size_bytes), 0)::BIGINT AS content_bytes
FROM contents`;

/** The same, with a row for chunks where they are known, and the interval of what is an estimate. */
export function summary({ oneIn }: KnownSample): string {
  if (oneIn === null) return SUMMARY;
  const { bytes, low, high } = estimateOf(oneIn, { bytes: 'bytes', squares: 'squares', most: 'file_bytes' });
  return `
SELECT of, number, stored_bytes, content_bytes, content_bytes AS low_bytes, content_bytes AS high_bytes, 'exact' AS method
FROM (${SUMMARY}) AS exact
UNION ALL
SELECT 'chunks' AS of, number, NULL AS stored_bytes, ${bytes} AS content_bytes, ${low} AS low_bytes, ${high} AS high_bytes,
  '${methodOf(oneIn)}' AS method
FROM (
  SELECT ${oneIn} * coalesce(sum(chunks), 0)::BIGINT AS number, coalesce(sum(bytes), 0)::BIGINT AS bytes,
    coalesce(sum(squares), 0) AS squares, (SELECT coalesce(sum(size_bytes), 0)::BIGINT FROM contents) AS file_bytes
  FROM chunk_sums) AS sums`;
}

/** For each image, the bytes of the contents of files that no other image has. */
export const EXCLUSIVE_FILES = `
SELECT first_image AS image, sum(size_bytes)::BIGINT AS bytes
FROM contents WHERE first_image = last_image GROUP BY first_image`;

/** What no other image has: by layer, by file, and by chunk where chunks are known. */
export function shared({ oneIn }: KnownSample): string {
  const chunks = oneIn === null ? NO_CHUNKS : exclusiveChunks(oneIn);
  return `
WITH t AS (${TREES}),
has AS (SELECT DISTINCT image, tree FROM image_layers JOIN current_images USING (image)),
by_layer AS (
  SELECT image, sum(bytes)::BIGINT AS content_bytes,
    coalesce(sum(bytes) FILTER (WHERE first_image = last_image), 0)::BIGINT AS exclusive_layer_bytes
  FROM has JOIN t USING (tree) JOIN current_trees USING (tree) GROUP BY image),
by_file AS (${EXCLUSIVE_FILES})${chunks.query}
SELECT name, coalesce(content_bytes, 0) AS content_bytes, coalesce(exclusive_layer_bytes, 0) AS exclusive_layer_bytes,
  coalesce(f.bytes, 0) AS exclusive_file_bytes${chunks.columns}
FROM current_images LEFT JOIN by_layer USING (image) LEFT JOIN by_file AS f USING (image) ${chunks.join}
ORDER BY exclusive_layer_bytes DESC, name, image`;
}

/** The parts of the query that are about chunks. */
interface ExclusiveChunks {
  readonly query: string;
  readonly columns: string;
  readonly join: string;
}

const NO_CHUNKS: ExclusiveChunks = { query: '', columns: '', join: '' };

function exclusiveChunks(oneIn: number): ExclusiveChunks {
  const { bytes, low, high } = estimateOf(oneIn, {
    bytes: 'coalesce(c.bytes, 0)',
    squares: 'coalesce(c.squares, 0)',
    most: 'coalesce(f.bytes, 0)',
  });
  return {
    query: `,
by_chunk AS (
  SELECT first_image AS image, sum(bytes)::BIGINT AS bytes, sum(squares) AS squares
  FROM chunk_sums WHERE first_image = last_image GROUP BY first_image)`,
    columns: `,
  ${bytes} AS exclusive_chunk_bytes, ${low} AS exclusive_chunk_low_bytes, ${high} AS exclusive_chunk_high_bytes`,
    join: 'LEFT JOIN by_chunk AS c USING (image)',
  };
}
