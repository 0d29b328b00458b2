import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readingTables } from '../engine/damaged-tables.js';
import { type Database, openDatabase } from '../engine/duckdb.js';
import { tableQuery } from '../engine/table-query.js';
import { FleetFolder } from '../folder/fleet-folder.js';
import { FLEET_TABLES } from '../schema/tables.js';

/** A fleet that can be asked: its tables are views of the database. */
export interface OpenFleet {
  readonly folder: FleetFolder;
  readonly database: Database;
}

const MEMORY_BYTES = 500e6;

/**
 * Runs work on a fleet: once more where a scan replaced its files in the meantime.
 *
 * @throws LayersError ERR_LAYERS_READ where the folder is not a fleet; ERR_LAYERS_ENGINE_MISSING
 */
export async function withFleet<Result>(
  path: string,
  work: (fleet: OpenFleet) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const folder = FleetFolder.open(path);
    try {
      return await withDatabase(folder, work);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || isSame(FleetFolder.open(path), folder)) throw error;
    }
  }
}

const MAX_ATTEMPTS = 5;

function isSame(a: FleetFolder, b: FleetFolder): boolean {
  return a.state.findings === b.state.findings && a.state.parts.join() === b.state.parts.join();
}

async function withDatabase<Result>(
  folder: FleetFolder,
  work: (fleet: OpenFleet) => Promise<Result>,
): Promise<Result> {
  const { path } = folder;
  const temporary = join(path, `.duckdb-${randomUUID()}`);
  const threads = availableParallelism();
  const database = await openDatabase({ memoryBytes: MEMORY_BYTES, threads, temporary });
  try {
    await readingTables(path, () => createViews(database, folder));
    return await work({ folder, database });
  } finally {
    database.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function createViews(database: Database, folder: FleetFolder): Promise<void> {
  for (const table of FLEET_TABLES) {
    const rows = await tableQuery(database, table, folder.filesOf(table.name));
    await database.connection.run(`CREATE VIEW ${table.name} AS ${rows}`);
  }
  await database.connection.run(ROOTFS);
}

/**
 * The paths of each image. A hard link has the type, attributes and content of its target; paths of one file have the same
 * inode_position and inode_entry. Directories that no entry describes have no row.
 */
const ROOTFS = `
CREATE VIEW rootfs AS
SELECT i.image, i.position, f.entry, f.path, f.path_bytes,
  coalesce(l.target_position, i.position) AS inode_position, coalesce(l.target_entry, f.entry) AS inode_entry,
  coalesce(t.type, f.type) AS type,
  coalesce(t.size_bytes, f.size_bytes) AS size_bytes, coalesce(t.content, f.content) AS content,
  coalesce(t.mode, f.mode) AS mode, coalesce(t.uid, f.uid) AS uid, coalesce(t.gid, f.gid) AS gid,
  coalesce(t.mtime, f.mtime) AS mtime,
  CASE WHEN l.image IS NULL THEN f.link ELSE t.link END AS link,
  CASE WHEN l.image IS NULL THEN f.link_bytes ELSE t.link_bytes END AS link_bytes
FROM image_layers AS i
JOIN files AS f ON f.tree = i.tree AND f.type NOT IN ('whiteout', 'opaque')
ANTI JOIN hidden AS h ON h.image = i.image AND h.position = i.position AND h.entry = f.entry
LEFT JOIN links AS l ON l.image = i.image AND l.position = i.position AND l.entry = f.entry
LEFT JOIN image_layers AS ti ON ti.image = l.image AND ti.position = l.target_position
LEFT JOIN files AS t ON t.tree = ti.tree AND t.entry = l.target_entry`;
