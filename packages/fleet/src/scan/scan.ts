import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { WORTH_THREADS_BYTES } from '@layers/core/image';
import { readingTables } from '../engine/damaged-tables.js';
import { openDatabase } from '../engine/duckdb.js';
import type { FleetFolder } from '../folder/fleet-folder.js';
import { withLockedFolder } from '../folder/locked-folder.js';
import { openReaders } from '../read/readers.js';
import { FactsWriter } from './facts-writer.js';
import { KnownFacts } from './known-facts.js';
import type { ScanOptions, ScanResult } from './scan-options.js';
import { type ScanMode, SourcesScan } from './scan-sources.js';
import { type FleetSource, sizeOf } from './sources.js';

const DATABASE_BYTES = 120e6;

/**
 * Scans archives and layouts into a folder of Parquet files. Afterwards, the fleet has exactly these sources; what is known
 * of images and layers from earlier scans is not read again. An image that cannot be read becomes a row of `problems`. With
 * `shard`, only the images and problems of that shard, by digest: `mergeFleets` makes one fleet of all shards.
 *
 * @param path of the folder, which is made where it does not exist
 * @throws LayersError ERR_LAYERS_OUTPUT_EXISTS for a folder of other files; ERR_LAYERS_STORE_LOCKED where another process
 *   writes to it; ERR_LAYERS_ENGINE_MISSING; ERR_LAYERS_READ and
 *   ERR_LAYERS_WRITE_OUTPUT for the folder
 */
export async function scanFleet(
  path: string,
  sources: readonly FleetSource[],
  options: ScanOptions = {},
): Promise<ScanResult> {
  const bytes = sources.reduce((sum, source) => sum + sizeOf(source), 0);
  // A few small images are read before threads have started.
  const isSmall = bytes < WORTH_THREADS_BYTES && sources.every(({ remote }) => remote === undefined);
  const { jobs = isSmall ? 1 : availableParallelism() } = options;
  return withScanner(path, { ...options, jobs }, (scan) => scan(sources, { isAddition: false }));
}

/** Scans sources into the fleet that is open. */
export type Scanner = (sources: readonly FleetSource[], mode: ScanMode) => Promise<ScanResult>;

/** Opens a fleet for one or several scans. Throws as `scanFleet` does. */
export function withScanner<Result>(
  path: string,
  options: JobOptions,
  work: (scan: Scanner) => Promise<Result>,
): Promise<Result> {
  return withLockedFolder(path, options.signal, (folder) => scanInto(folder, options, work));
}

type JobOptions = ScanOptions & { readonly jobs: number };

async function scanInto<Result>(
  folder: FleetFolder,
  options: JobOptions,
  work: (scan: Scanner) => Promise<Result>,
): Promise<Result> {
  const { jobs, signal, shard = null, chunks = null } = options;
  const temporary = join(folder.path, '.duckdb');
  const database = await openDatabase({ memoryBytes: DATABASE_BYTES, threads: jobs, temporary });
  try {
    const known = await readingTables(folder.path, () => KnownFacts.read(database, folder));
    const readers = await openReaders(jobs, signal);
    try {
      const writer = await FactsWriter.open({ database, folder, known, temporary, shard, chunks });
      return await work((sources, mode) =>
        new SourcesScan({ folder, known, writer, read: readers.read, options, jobs }).run(sources, mode),
      );
    } finally {
      await readers.close();
    }
  } finally {
    database.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}
