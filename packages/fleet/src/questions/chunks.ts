import { CHUNK_BYTES } from '../chunks/fast-cdc.js';
import { CHUNK_NUMBERS } from '../chunks/sample.js';
import { createKept } from './kept-views.js';
import type { OpenFleet } from './open-fleet.js';
import { runQuery } from './sql.js';

/** What a fleet knows of the chunks of the images that the last scan found. */
export interface KnownSample {
  /** Of how many chunks one is known for all images: 1 where all are. Null where some layers have no chunks. */
  readonly oneIn: number | null;
  /** The tars of layers. */
  readonly trees: number;
  /** Those whose chunks are not known. */
  readonly missing: number;
}

/** Views of what is known of chunks. A sample contains all chunks of a smaller one, so that all tars have those of the smallest. */
export const CHUNK_VIEWS = [
  `CREATE VIEW IF NOT EXISTS tree_samples AS SELECT tree, min(one_in) AS one_in FROM chunked GROUP BY tree`,
  `CREATE VIEW IF NOT EXISTS chunk_sample AS
   SELECT max(one_in) AS one_in, count(*) AS trees, count(*) - count(one_in) AS missing
   FROM current_trees LEFT JOIN tree_samples USING (tree)`,
];

/**
 * The distinct chunks of the sample, added up for the first and the last image that have them, and the first tar. `squares` is
 * the sum of the squares of their sizes.
 */
export const CHUNK_SUMS = `
SELECT first_image, last_image, tree, count(*) AS chunks, sum(size_bytes)::BIGINT AS bytes,
  sum(size_bytes::BIGINT * size_bytes)::DOUBLE AS squares
FROM (
  SELECT chunk, size_bytes, min(first_image) AS first_image, max(last_image) AS last_image, min(tree) AS tree
  FROM chunks JOIN current_trees USING (tree)
  WHERE chunk < (SELECT ${CHUNK_NUMBERS} // one_in FROM chunk_sample) GROUP BY chunk, size_bytes) AS distinct_chunks
GROUP BY first_image, last_image, tree`;

/** Creates the views of chunks. `chunk_sums` is one of them if all images have chunks. */
export async function createChunks(fleet: OpenFleet): Promise<KnownSample> {
  for (const view of CHUNK_VIEWS) await fleet.database.connection.run(view);
  const { rows } = await runQuery(fleet, 'SELECT trees, missing, one_in FROM chunk_sample');
  const [trees = 0, missing = 0, oneIn = 0] = (rows[0] ?? []).map(Number);
  const sample = { trees, missing, oneIn: oneIn === 0 || missing > 0 ? null : oneIn };
  if (sample.oneIn !== null)
    await createKept(fleet, { name: 'chunk_sums', folder: '.chunks', sql: CHUNK_SUMS });
  return sample;
}

/** Expressions of an estimate and of the ends of its interval of 95 %, in bytes. */
export interface Estimate {
  readonly bytes: string;
  readonly low: string;
  readonly high: string;
}

/**
 * Returns the expressions of an estimate of the bytes of distinct chunks, of which one in `oneIn` is known. The interval is that of
 * Fay and Feuer (1997) for sums of weights, with the quantiles of Wilson and Hilferty (1931): it is right for few chunks, too.
 * docs/fleet.md has the formula.
 *
 * @param bytes an expression for the bytes of the known chunks
 * @param squares an expression for the sum of the squares of their sizes
 * @param most an expression for the most that it can be: the bytes of their files
 */
export function estimateOf(
  oneIn: number,
  { bytes, squares, most }: { readonly bytes: string; readonly squares: string; readonly most: string },
): Estimate {
  if (oneIn === 1) return { bytes, low: bytes, high: bytes };
  const sum = `(${oneIn} * CAST(${bytes} AS DOUBLE))`;
  const variance = `(${oneIn} * ${oneIn - 1} * CAST(${squares} AS DOUBLE))`;
  const weight = `CAST(${oneIn * CHUNK_BYTES.most} AS DOUBLE)`;
  const low = end(sum, variance, -1);
  const high = end(`(${sum} + ${weight})`, `(${variance} + ${weight} * ${weight})`, 1);
  return {
    bytes: `CAST(least(${sum}, ${most}) AS BIGINT)`,
    low: `CAST(least(coalesce(floor(${low}), 0), ${most}) AS BIGINT)`,
    high: `CAST(least(ceil(${high}), ${most}) AS BIGINT)`,
  };
}

/** Returns the expression of an end of the interval. */
function end(sum: string, variance: string, side: 1 | -1): string {
  const error = `(sqrt(${variance}) / nullif(${sum}, 0))`;
  const root = `(1 - ${error} * ${error} / 9 + ${(side * NORMAL) / 3} * ${error})`;
  return `(${sum} * pow(greatest(${root}, 0), 3))`;
}

/** The quantile of the normal distribution that 2.5 % are above. */
const NORMAL = 1.959964;

/** Says how an answer about chunks is found. */
export function methodOf(oneIn: number): string {
  return oneIn === 1 ? 'exact' : `estimate: one chunk of ${oneIn}`;
}
