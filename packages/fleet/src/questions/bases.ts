import { BOTTOMS } from './views.js';

/**
 * The lowest layers of images: each row is those up to a position. `chain` has their tars, from the lowest one, and `next` is the
 * tar above.
 */
const CHAINS = `
SELECT image, position, tree, first_value(tree) OVER w AS bottom,
  array_agg(tree) OVER w AS chain, lead(tree) OVER (PARTITION BY image ORDER BY position) AS next,
  sum(bytes) OVER w AS bytes
FROM image_layers JOIN current_images USING (image)
JOIN (SELECT tree, any_value(content_bytes) AS bytes FROM layers GROUP BY tree) USING (tree)
WINDOW w AS (PARTITION BY image ORDER BY position)`;

/** The lowest layers, with how old they are beside the newest ones of the same release of a distribution. */
const AGES = `
SELECT tree AS bottom, distribution, created AS base_created, newest AS newest_created, (epoch(newest) - epoch(created))::BIGINT // 86400 AS days_behind
FROM (SELECT *, CASE WHEN release IS NOT NULL THEN max(created) OVER (PARTITION BY release) END AS newest FROM (${BOTTOMS}))`;

/** A base is an image, or a part of several images, above which images differ. */
export const BASES = `
WITH chains AS (${CHAINS}), ages AS (${AGES}),
bases AS (
  SELECT chain, min(name) FILTER (WHERE next IS NULL) AS base, any_value(position) + 1 AS layers,
    any_value(bottom) AS bottom, any_value(tree) AS tree, any_value(bytes)::BIGINT AS content_bytes,
    count(*) FILTER (WHERE next IS NOT NULL) AS images
  FROM chains JOIN current_images USING (image) GROUP BY chain HAVING count(DISTINCT coalesce(next, -1)) > 1)
SELECT base, layers, images, content_bytes, distribution, base_created, days_behind, diff_id
FROM bases LEFT JOIN ages USING (bottom)
JOIN (SELECT tree, any_value(diff_id) AS diff_id FROM layers GROUP BY tree) USING (tree)
ORDER BY images DESC, layers DESC, chain`;

/** The images that are on an older base than others of the same release. */
export const STALE = `
WITH ages AS (${AGES})
SELECT name, distribution, base_created, newest_created, days_behind, diff_id
FROM current_images JOIN image_layers AS l USING (image) JOIN ages ON ages.bottom = l.tree
JOIN (SELECT tree, any_value(diff_id) AS diff_id FROM layers GROUP BY tree) AS d ON d.tree = l.tree
WHERE l.position = 0 AND base_created < newest_created
ORDER BY days_behind DESC, name, image`;
