import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '@layers/core/io';
import { literal } from '../engine/duckdb.js';
import type { OpenFleet } from './open-fleet.js';

/** Beside the folders of the tables: engines read those alone. */
const FOLDER = '.contents';

/**
 * Creates the view `contents`: each content of a file once, with the number of entries that store it, the first and the last
 * image that has it, and the place of the first entry. The first question after a scan computes it from all files, and keeps
 * it for others. Digests are left out, which are most of the bytes: the place leads to them.
 */
export async function createContents({ folder, database: { connection } }: OpenFleet): Promise<void> {
  const { findings } = folder.state;
  const directory = join(folder.path, FOLDER);
  const file = join(directory, `${findings ?? 0}.parquet`);
  if (!existsSync(file) && !(await keep())) {
    await connection.run(`CREATE TEMP TABLE contents AS ${CONTENTS}`);
    return;
  }
  await connection.run(`CREATE VIEW contents AS SELECT * FROM read_parquet(${literal(file)})`);

  /** Returns false where the folder of the fleet cannot be written. */
  async function keep(): Promise<boolean> {
    const partial = join(directory, `.${process.pid}.partial`);
    try {
      mkdirSync(directory, { recursive: true });
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return false;
    }
    try {
      await connection.run(`COPY (${CONTENTS}) TO ${literal(partial)} (FORMAT parquet, COMPRESSION zstd)`);
      renameSync(partial, file);
    } catch {
      rmSync(partial, { force: true });
      return false;
    }
    // What earlier scans found is asked no more.
    for (const name of readdirSync(directory)) {
      if (name.endsWith('.parquet') && join(directory, name) !== file)
        rmSync(join(directory, name), { force: true });
    }
    return true;
  }
}

/** Bits for an entry in a number that also has its tar. */
const ENTRY_BITS = 31;

/** The place of the first entry that stores a content: a number for each, so that the first is the least. */
const PLACE = `(tree * ${2 ** ENTRY_BITS} + entry)`;

/** The tar of the place `place`. */
export const TREE_OF_PLACE = `(place // ${2 ** ENTRY_BITS})`;

/** Conditions under which an entry `f` is the one at the place `place`. */
export const AT_PLACE = `f.tree = ${TREE_OF_PLACE} AND f.entry = place % ${2 ** ENTRY_BITS}`;

const CONTENTS = `
SELECT any_value(size_bytes) AS size_bytes, count(*) AS copies, min(first_image) AS first_image, max(last_image) AS last_image, min${PLACE} AS place
FROM files JOIN current_trees USING (tree)
WHERE type = 'file' AND size_bytes > 0 AND content IS NOT NULL
GROUP BY content`;
