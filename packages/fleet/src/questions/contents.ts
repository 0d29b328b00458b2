import { createKept } from './kept-views.js';
import type { OpenFleet } from './open-fleet.js';

/**
 * Creates the view `contents`: each content of a file once, with the number of entries that store it, the first and the last
 * image that has it, and the place of the first entry. Digests are left out, which are most of the bytes: the place leads to
 * them.
 */
export function createContents(fleet: OpenFleet): Promise<void> {
  return createKept(fleet, { name: 'contents', folder: '.contents', sql: CONTENTS });
}

/** Bits for an entry in a number that also has its tar. */
const ENTRY_BITS = 31;

/** The place of the first entry that stores a content: a number for each, so that the first is the least. */
const PLACE = `(tree * ${2 ** ENTRY_BITS} + entry)`;

/** The tar of the place `place`. */
export const TREE_OF_PLACE = `(place // ${2 ** ENTRY_BITS})`;

/** Conditions under which an entry `f` is the one at the place `place`. */
export const AT_PLACE = `f.tree = ${TREE_OF_PLACE} AND f.entry = place % ${2 ** ENTRY_BITS}`;

/** The query of the view `contents`. */
export const CONTENTS = `
SELECT any_value(size_bytes) AS size_bytes, count(*) AS copies, min(first_image) AS first_image, max(last_image) AS last_image, min${PLACE} AS place
FROM files JOIN current_trees USING (tree)
WHERE type = 'file' AND size_bytes > 0 AND content IS NOT NULL
GROUP BY content`;
