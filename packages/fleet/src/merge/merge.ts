import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { appendRows, createTable, type DatabaseTable } from '../engine/append-rows.js';
import { readingTables } from '../engine/damaged-tables.js';
import { type Database, openDatabase } from '../engine/duckdb.js';
import { tableQuery } from '../engine/table-query.js';
import { copyToParquet, writeParquet } from '../engine/write-parquet.js';
import { FINDINGS, FleetFolder } from '../folder/fleet-folder.js';
import { withLockedFolder } from '../folder/locked-folder.js';
import { problemColumns, tagColumns } from '../scan/findings.js';
import { CHUNK_TABLES, type FleetTable, tableNamed } from '../schema/tables.js';
import { type Renumbered, UnitedNumbers } from './united-numbers.js';
import { checkComplete, unitedSources } from './united-sources.js';

/** What a merge wrote. */
export interface MergeResult {
  /** Archives and layouts. */
  readonly sources: number;
  /** Distinct images in the sources. */
  readonly images: number;
  /** Distinct blobs of layers, also of images that are gone. */
  readonly layers: number;
  readonly problems: number;
}

/** Options of `mergeFleets`. */
export interface MergeOptions {
  /** Cancels the merge. The folder stays as it was. */
  readonly signal?: AbortSignal | undefined;
}

const MEMORY_BYTES = 500e6;

/**
 * Makes one fleet of several, such as the shards of a scan: each image, layer, file and problem once. Its rows are those
 * of one scan of all sources. Replaces what the folder had, in one step.
 *
 * @param path of the folder to write, which is made where it does not exist
 * @param fleets folders that `scanFleet` wrote
 * @throws LayersError ERR_LAYERS_INPUT_MISSING for a shard that is missing; ERR_LAYERS_READ for a folder that is not a
 *   fleet, and for one whose scan did not end; ERR_LAYERS_OUTPUT_EXISTS for a folder of other files;
 *   ERR_LAYERS_STORE_LOCKED where another process writes to it;
 *   ERR_LAYERS_ENGINE_MISSING; ERR_LAYERS_WRITE_OUTPUT
 */
export async function mergeFleets(
  path: string,
  fleets: readonly string[],
  { signal }: MergeOptions = {},
): Promise<MergeResult> {
  const folders = [...new Set(fleets)].map((each) => FleetFolder.open(each));
  checkComplete(folders);
  return withLockedFolder(path, signal, (output) => mergeInto(output, folders, signal));
}

async function mergeInto(
  output: FleetFolder,
  folders: readonly FleetFolder[],
  signal: AbortSignal | undefined,
): Promise<MergeResult> {
  const { path } = output;
  const temporary = join(path, '.duckdb');
  const threads = availableParallelism();
  const database = await openDatabase({ memoryBytes: MEMORY_BYTES, threads, temporary });
  const interrupt = (): void => database.connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    const numbers = await UnitedNumbers.read(database, folders);
    for (const [name, rows] of Object.entries({
      image: numbers.images,
      layer: numbers.layers,
      tree: numbers.trees,
      chunked: numbers.chunked,
    }))
      await addNumbers(database, name, rows);
    const sources = unitedSources(folders, (fleet, image) => numbers.imageOf(fleet, image));
    for (const name of FINDINGS) await createTable(database, tableNamed(name));
    await appendRows(database, tableNamed('tags'), [tagColumns(sources)]);
    await appendRows(database, tableNamed('problems'), [problemColumns(sources)]);
    const rows = { chunks: folders.some(({ state }) => state.chunkParts.length > 0) };
    await output.replace(rows, { sources, complete: true, shard: null }, async (name, file) => {
      signal?.throwIfAborted();
      const table = tableNamed(name);
      if (FINDINGS.some((each) => each === name)) await writeParquet(database, table, file);
      else await copyToParquet(database, table, `(${await rowsOf(database, table, folders)})`, file);
    });
    return {
      sources: sources.length,
      images: new Set(sources.flatMap(({ images }) => images.map(({ image }) => image))).size,
      layers: numbers.counts.layers,
      problems: sources.reduce((sum, { problems }) => sum + problems.length, 0),
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    database.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Columns that are numbers of a fleet. For each, there is a table of new numbers. */
const NUMBERS = ['image', 'layer', 'tree'];

async function addNumbers(database: Database, name: string, rows: readonly Renumbered[]): Promise<void> {
  const table: DatabaseTable = {
    name: `new_${name}`,
    columns: ['fleet', 'before', 'after', 'kept'].map((column) => ({
      name: column,
      type: 'BIGINT',
      nullable: false,
    })),
  };
  await createTable(database, table);
  await appendRows(database, table, [
    [
      rows.map(({ fleet }) => fleet),
      rows.map(({ before }) => before),
      rows.map(({ after }) => after),
      rows.map(({ isKept }) => Number(isKept)),
    ],
  ]);
}

/** Returns the query of the rows of a table in all fleets, with new numbers. The first column says of what a row is. */
async function rowsOf(
  database: Database,
  table: FleetTable,
  folders: readonly FleetFolder[],
): Promise<string> {
  const { name, columns } = table;
  const isNumber = (column: string): boolean => NUMBERS.includes(column);
  // Another fleet can have the chunks of a tar than the one that has its files.
  const isOfChunks = CHUNK_TABLES.some((each) => each === name);
  const numbersOf = (column: string): string => `new_${isOfChunks ? 'chunked' : column}`;
  const selected = columns.map((column, i) =>
    isNumber(column.name) ? `n${i}.after AS ${column.name}` : `t.${column.name}`,
  );
  const queries: string[] = [];
  for (const [fleet, folder] of folders.entries()) {
    const joins = columns.flatMap((column, i) =>
      isNumber(column.name)
        ? [
            `JOIN ${numbersOf(column.name)} AS n${i} ON n${i}.before = t.${column.name}
             AND n${i}.fleet = ${fleet} ${i === 0 ? `AND n${i}.kept = 1` : ''}`,
          ]
        : [],
    );
    const from = `(${await readingTables(folder.path, () => tableQuery(database, table, folder.filesOf(name)))}) AS t`;
    queries.push(`SELECT ${selected.join(', ')} FROM ${from} ${joins.join(' ')}`);
  }
  if (queries.length === 0) return tableQuery(database, table, []);
  const rows = queries.join('\nUNION ALL\n');
  return name === 'layers' ? withSamplesOnce(rows) : rows;
}

/** Of the blobs of a tar, the first alone has the sample: a scan reads the tar once. */
function withSamplesOnce(layers: string): string {
  const once = ['sample_bytes', 'sample_zstd_bytes'].map(
    (column) => `CASE WHEN layer = tree THEN max(${column}) OVER (PARTITION BY tree) END AS ${column}`,
  );
  return `SELECT * REPLACE (${once.join(', ')}) FROM (${layers}) ORDER BY layer`;
}
