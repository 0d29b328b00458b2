import { literal } from '../engine/duckdb.js';

/** Orders tags as people count: 1.9 before 1.10. */
const NATURAL = String.raw`list_transform(regexp_extract_all(tag, '\d+|\D+'), lambda part:
  CASE WHEN regexp_full_match(part, '\d{1,18}') THEN lpad(part, 18, '0') ELSE part END)`;

/** The tags of repositories, in the order of the creation of their images. */
const STEPS = `
SELECT repository, tag, image, created, stored_bytes, rootfs_bytes,
  row_number() OVER (PARTITION BY repository ORDER BY created NULLS LAST, ${NATURAL}, tag, image) AS step
FROM (SELECT DISTINCT repository, tag, image FROM tags WHERE repository IS NOT NULL) JOIN images USING (image)`;

/** The blobs that each tag adds to those of earlier tags. */
const ADDED = `
SELECT repository, step, sum(stored_bytes)::BIGINT AS bytes
FROM (
  SELECT repository, layer, min(step) AS step FROM steps JOIN current_blobs USING (image) GROUP BY repository, layer)
JOIN layers USING (layer) GROUP BY repository, step`;

/** How a repository grew; or how all did. */
export function timeline([repository]: readonly string[]): string {
  const withs = `WITH steps AS (${STEPS}), added AS (${ADDED})`;
  if (repository === undefined) {
    return `${withs}
SELECT repository, count(DISTINCT tag) AS tags, min(created) AS first_created, max(created) AS last_created,
  arg_min(stored_bytes, step) AS first_bytes, arg_max(stored_bytes, step) AS last_bytes,
  arg_max(stored_bytes, step) - arg_min(stored_bytes, step) AS growth_bytes, coalesce(sum(bytes), 0)::BIGINT AS total_bytes
FROM steps LEFT JOIN added USING (repository, step) GROUP BY repository ORDER BY total_bytes DESC, repository`;
  }
  return `${withs}
SELECT tag, created, stored_bytes, stored_bytes - lag(stored_bytes) OVER w AS growth_bytes,
  coalesce(bytes, 0) AS added_bytes, (sum(coalesce(bytes, 0)) OVER w)::BIGINT AS total_bytes, rootfs_bytes
FROM steps LEFT JOIN added USING (repository, step) WHERE repository = ${literal(repository)}
WINDOW w AS (ORDER BY step) ORDER BY step`;
}
