import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '@layers/core/io';
import { literal } from '../engine/duckdb.js';
import type { OpenFleet } from './open-fleet.js';

/** A view that takes long to compute, and is the same until the next scan. */
export interface KeptView {
  readonly name: string;
  /** A folder beside those of the tables, hidden so that engines do not read it. */
  readonly folder: string;
  /** The query. */
  readonly sql: string;
}

/** Creates a view, if it does not exist. The first question after a scan computes it, and keeps it for others. */
export async function createKept(
  { folder, database: { connection } }: OpenFleet,
  view: KeptView,
): Promise<void> {
  const directory = join(folder.path, view.folder);
  const file = join(directory, `${folder.state.findings ?? 0}.parquet`);
  let isDamaged = false;
  if (existsSync(file)) {
    try {
      return await createView();
    } catch {
      // A machine that lost its power can leave a part of the file.
      isDamaged = true;
    }
  }
  if (await keep()) return await createView();
  await connection.run(`CREATE TEMP TABLE IF NOT EXISTS ${view.name} AS ${view.sql}`);

  async function createView(): Promise<void> {
    const rows = `SELECT * FROM read_parquet(${literal(file)})`;
    await connection.run(`CREATE VIEW IF NOT EXISTS ${view.name} AS ${rows}`);
  }

  /** Returns false where the folder of the fleet cannot be written. */
  async function keep(): Promise<boolean> {
    // Several questions of one process may keep it at once.
    const partial = join(directory, `.${randomUUID()}.partial`);
    try {
      mkdirSync(directory, { recursive: true });
      if (isDamaged) rmSync(file, { force: true });
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return false;
    }
    try {
      await connection.run(`COPY (${view.sql}) TO ${literal(partial)} (FORMAT parquet, COMPRESSION zstd)`);
      placeNew(partial, file);
    } catch {
      return false;
    } finally {
      rmSync(partial, { force: true });
    }
    // What earlier scans found is asked no more.
    for (const name of readdirSync(directory)) {
      if (name.endsWith('.parquet') && join(directory, name) !== file)
        rmSync(join(directory, name), { force: true });
    }
    return true;
  }
}

/** Gives a file its name, unless another has it: a question that reads that one must not find other bytes in it. */
function placeNew(partial: string, file: string): void {
  try {
    linkSync(partial, file);
  } catch {
    // Some file systems have no hard links.
    if (!existsSync(file)) renameSync(partial, file);
  }
}
