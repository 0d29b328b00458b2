import { estimateOf, type KnownSample, methodOf } from './chunks.js';
import { TREE_OF_PLACE } from './contents.js';
import { BOTTOMS } from './views.js';

/** The current blobs of layers. */
const BLOBS = 'SELECT layers.* FROM layers JOIN blob_owners USING (layer)';

/** The current tars of layers: bytes of the smallest blob, and of all of the tar as zstd, by its sample. */
const TARS = `
SELECT tree, stored, tar, content, sample,
  coalesce(zstd, CASE WHEN tar = 0 THEN 0 ELSE tar::HUGEINT * sample_zstd // nullif(sample, 0) END) AS zstd
FROM (
  SELECT tree, min(stored_bytes) AS stored, any_value(tar_bytes) AS tar, any_value(content_bytes) AS content,
    min(stored_bytes) FILTER (WHERE compression = 'zstd') AS zstd
  FROM blobs GROUP BY tree)
JOIN (SELECT tree, max(sample_bytes) AS sample, max(sample_zstd_bytes) AS sample_zstd FROM layers GROUP BY tree) USING (tree)`;

/** The blobs that remain if the lowest layers of each release of a distribution are the newest one. */
const ON_ONE_BASE = `
WITH bottoms AS (${BOTTOMS}),
newest AS (
  SELECT release, min_by(layer, stored_bytes) AS layer
  FROM (
    SELECT release, tree, row_number() OVER (PARTITION BY release ORDER BY created DESC NULLS LAST, images DESC, tree) AS place
    FROM bottoms WHERE release IS NOT NULL)
  JOIN blobs USING (tree) WHERE place = 1 GROUP BY release)
SELECT DISTINCT coalesce(n.layer, l.layer) AS layer
FROM image_layers AS l JOIN current_images USING (image)
LEFT JOIN bottoms AS b ON b.tree = l.tree AND l.position = 0
LEFT JOIN newest AS n ON n.release = b.release`;

/** Each image in one layer, that compresses as its layers do. Images of the same layers are one. */
const SQUASHED = `
SELECT any_value(rootfs_bytes) AS content,
  min(CASE WHEN tar = 0 THEN 0 ELSE rootfs_bytes::HUGEINT * stored // tar END) AS stored
FROM (
  SELECT i.rootfs_bytes, array_agg(l.tree) OVER w AS chain, sum(b.stored_bytes) OVER w AS stored, sum(b.tar_bytes) OVER w AS tar,
    lead(l.tree) OVER (PARTITION BY image ORDER BY l.position) AS next
  FROM image_layers AS l JOIN current_images USING (image) JOIN images AS i USING (image) JOIN blobs AS b USING (layer)
  WINDOW w AS (PARTITION BY image ORDER BY l.position))
WHERE next IS NULL GROUP BY chain`;

/** Each content once, that compresses as the first layer that has it. */
const ONCE = `
SELECT content, CASE WHEN tar = 0 THEN 0 ELSE content::HUGEINT * stored // tar END AS stored
FROM (SELECT ${TREE_OF_PLACE} AS tree, sum(size_bytes) AS content FROM contents GROUP BY 1)
JOIN (SELECT tree, stored, tar FROM tars) USING (tree)`;

const LIKE_LAYERS = 'estimate: compressed as the layers are';

/** The known chunks once, that compress as the first layer that has them; and the most that all chunks can be. */
const CHUNK_TOTALS = `
SELECT coalesce(sum(bytes), 0)::BIGINT AS bytes, coalesce(sum(squares), 0) AS squares,
  coalesce(sum(CASE WHEN tar = 0 THEN 0 ELSE bytes::HUGEINT * stored // tar END), 0)::BIGINT AS stored,
  (SELECT coalesce(sum(content), 0)::BIGINT FROM once) AS most
FROM (SELECT tree, sum(bytes) AS bytes, sum(squares) AS squares FROM chunk_sums GROUP BY tree)
JOIN (SELECT tree, stored, tar FROM tars) USING (tree)`;

const sum = (column: string): string => `coalesce(sum(${column}), 0)`;

/** What changes to all images would save. */
export function whatIf(sample: KnownSample): string {
  return `
WITH blobs AS (${BLOBS}), tars AS (${TARS}),
now AS (SELECT ${sum('content_bytes')} AS content, ${sum('stored_bytes')} AS stored FROM blobs),
once AS (${ONCE}),
changes AS (
  SELECT 0 AS step, 'none' AS change, content, stored, 'exact' AS method FROM now
  UNION ALL
  SELECT 1, 'each tar in one compression', ${sum('content')}, ${sum('stored')}, 'exact' FROM tars
  UNION ALL
  SELECT 2, 'zstd for all layers', ${sum('content')}, CASE WHEN count(zstd) = count(*) THEN ${sum('zstd')} END,
    CASE WHEN count(zstd) = count(*)
      THEN 'estimate: ' || coalesce(100 * sum(sample)::HUGEINT // nullif(sum(tar), 0), 100) || ' % of the bytes compressed'
      ELSE 'not measured by the scan' END FROM tars
  UNION ALL
  SELECT 3, 'one base for each release', ${sum('content_bytes')}, ${sum('stored_bytes')}, 'exact: upper layers as they are'
  FROM blobs JOIN (${ON_ONE_BASE}) USING (layer)
  UNION ALL
  SELECT 4, 'each image squashed', ${sum('content')}, ${sum('stored')}, '${LIKE_LAYERS}' FROM (${SQUASHED})
  UNION ALL
  SELECT 5, 'each content of a file once', ${sum('content')}, ${sum('stored')}, '${LIKE_LAYERS}' FROM once),
with_chunks AS (
  SELECT step, change, content, stored, method, content AS low, content AS high FROM changes
  UNION ALL
  SELECT 6, 'each chunk of a file once', ${eachChunkOnce(sample)})
SELECT change, content::BIGINT AS content_bytes, stored::BIGINT AS stored_bytes,
  ((SELECT stored FROM now) - stored)::BIGINT AS saved_bytes, method${sample.oneIn === null ? '' : INTERVAL}
FROM with_chunks ORDER BY step`;
}

const INTERVAL = ', low::BIGINT AS content_low_bytes, high::BIGINT AS content_high_bytes';

/** Returns the rest of the query of a change: content, stored, method, low and high. */
function eachChunkOnce({ oneIn, missing, trees }: KnownSample): string {
  if (oneIn === null) {
    const why =
      missing === trees
        ? 'not measured by a scan without chunks'
        : `not measured for ${missing} of ${trees} layers`;
    return `NULL, NULL, '${why}', NULL, NULL`;
  }
  const { bytes, low, high } = estimateOf(oneIn, { bytes: 'bytes', squares: 'squares', most: 'most' });
  // Of a sample, the bytes that are stored are in the same proportion to those of contents.
  const stored =
    oneIn === 1 ? 'stored' : `CASE WHEN bytes = 0 THEN 0 ELSE ${bytes}::HUGEINT * stored // bytes END`;
  const method = oneIn === 1 ? LIKE_LAYERS : `${methodOf(oneIn)}, compressed as the layers are`;
  return `${bytes}, ${stored}, '${method}', ${low}, ${high} FROM (${CHUNK_TOTALS})`;
}
