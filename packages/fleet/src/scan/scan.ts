import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Archive, type ImageDescription, openArchive, WORTH_THREADS_BYTES } from '@layers/core/image';
import { isLayersError, type LayersError } from '@layers/errors';
import { openDatabase } from '../engine/duckdb.js';
import type { FleetFolder } from '../folder/fleet-folder.js';
import { withLockedFolder } from '../folder/locked-folder.js';
import type { FoundProblem, Shard, SourceState } from '../folder/state.js';
import type { ImageFacts, ImageReading } from '../read/image-facts.js';
import type { CacheChoice } from '../read/read-job.js';
import { openReaders } from '../read/readers.js';
import { FactsWriter } from './facts-writer.js';
import { imageKey, KnownFacts } from './known-facts.js';
import { OrderedWork } from './ordered-work.js';
import { isProblem, localCopy, stateOf } from './remote-source.js';
import { isInShard, isSameShard } from './shard.js';
import { SourceScan } from './source-scan.js';
import { type FleetSource, sizeOf } from './sources.js';

/** How far a scan is. */
export interface ScanProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Options of `scanFleet`. */
export interface ScanOptions {
  /** How many images are read at once. Default: one for each processor, if they are large enough. */
  readonly jobs?: number | undefined;
  /** The share of the images to scan: others are left to other scans of the same sources. Default: all. */
  readonly shard?: Shard | undefined;
  /** Where indexes of layers are kept, and by which version of the program. */
  readonly cache?: CacheChoice | undefined;
  /** Cancels the scan. What was scanned is kept, and not read again. */
  readonly signal?: AbortSignal | undefined;
  /** Called repeatedly during the work. */
  readonly onProgress?: ((progress: ScanProgress) => void) | undefined;
}

/** What a scan did. */
export interface ScanResult {
  /** Archives, layouts, and other files of folders. */
  readonly sources: number;
  /** Those that are as the scan before found them, and were not opened. */
  readonly unchangedSources: number;
  /** Distinct images in the sources. */
  readonly images: number;
  /** Those that were not known. */
  readonly newImages: number;
  /** Distinct blobs of layers that were not known. */
  readonly newLayers: number;
  readonly problems: number;
}

const DATABASE_BYTES = 200e6;
const REMEMBERED_ENTRIES = 400_000;

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
  return withLockedFolder(path, options.signal, (folder) => scanInto(folder, sources, { ...options, jobs }));
}

async function scanInto(
  folder: FleetFolder,
  sources: readonly FleetSource[],
  options: ScanOptions & { readonly jobs: number },
): Promise<ScanResult> {
  const { jobs, signal } = options;
  const temporary = join(folder.path, '.duckdb');
  const database = await openDatabase({ memoryBytes: DATABASE_BYTES, threads: jobs, temporary });
  try {
    const known = await KnownFacts.read(database, folder);
    const readers = await openReaders(jobs, signal);
    try {
      const writer = await FactsWriter.open({
        database,
        folder,
        known,
        temporary,
        shard: options.shard ?? null,
      });
      return await new Scan({ folder, known, writer, read: readers.read, options, jobs }).run(sources);
    } finally {
      await readers.close();
    }
  } finally {
    database.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** An image of an archive, before its layers are read. */
interface FoundInArchive {
  readonly description: ImageDescription;
  /** What it is known by; null where that is known only when its layers are read. */
  readonly key: string | null;
}

function keyOf({ reader }: Archive, { manifestDigest, id, layers }: ImageDescription): string | null {
  const digest = manifestDigest ?? id;
  if (digest === null) return null;
  const sizes = layers.map(({ file, data }) => {
    if (data !== null) return data.length;
    const bytes = file === null ? null : reader.layer(file);
    return bytes?.from === 'stream' ? bytes.index.storedBytes : (bytes?.source.size ?? 0);
  });
  return imageKey(digest, sizes);
}

interface ScanParts {
  readonly folder: FleetFolder;
  readonly known: KnownFacts;
  readonly writer: FactsWriter;
  readonly read: Awaited<ReturnType<typeof openReaders>>['read'];
  readonly options: ScanOptions;
  readonly jobs: number;
}

class Scan {
  readonly #parts: ScanParts;
  readonly #shard: Shard | null;
  readonly #before: ReadonlyMap<string, SourceState>;
  /** Of the sources that are done, in their order. */
  readonly #states = new Map<string, SourceState>();
  readonly #work: OrderedWork<ImageReading>;
  #unchanged = 0;
  #doneBytes = 0;
  #totalBytes = 0;

  constructor(parts: ScanParts) {
    this.#parts = parts;
    this.#shard = parts.options.shard ?? null;
    const { shard, sources } = parts.folder.state;
    // What the last scan found of another shard says nothing about this one.
    const before = isSameShard(shard, this.#shard) ? sources : [];
    this.#before = new Map(before.map((state) => [state.source, state]));
    this.#work = new OrderedWork(parts.jobs === 1 ? 1 : parts.jobs * 2);
  }

  async run(sources: readonly FleetSource[]): Promise<ScanResult> {
    const { known, writer, options } = this.#parts;
    const [imagesBefore, layersBefore] = [known.images.size, known.layers.size];
    const sizes = sources.map(sizeOf);
    this.#totalBytes = sizes.reduce((sum, size) => sum + size, 0);
    try {
      for (const [i, source] of sources.entries()) {
        options.signal?.throwIfAborted();
        await this.#source(source, sizes[i] ?? 0);
      }
      await this.#work.finish();
    } catch (error) {
      if (options.signal?.aborted !== true) throw error;
      await writer.commit(this.#statesSoFar(), false);
      throw error;
    }
    const states = [...this.#states.values()];
    await writer.commit(states, true);
    return {
      sources: states.length,
      unchangedSources: this.#unchanged,
      images: new Set(states.flatMap(({ images }) => images.map(({ image }) => image))).size,
      newImages: known.images.size - imagesBefore,
      newLayers: known.layers.size - layersBefore,
      problems: states.reduce((sum, { problems }) => sum + problems.length, 0),
    };
  }

  async #source(source: FleetSource, bytes: number): Promise<void> {
    const before = this.#before.get(source.name);
    const state = await stateOf(source);
    const identity = isProblem(state) ? null : state;
    if (
      before !== undefined &&
      identity !== null &&
      before.identity === identity &&
      before.problems.length === 0
    ) {
      this.#unchanged++;
      this.#states.set(source.name, before);
      this.#progress(bytes);
      return;
    }
    const copy = isProblem(state) ? state : await localCopy(source);
    const scan = new SourceScan(isProblem(copy) ? source : { ...source, path: copy.path }, identity);
    if (isProblem(copy)) scan.addProblem(copy);
    const images = isProblem(copy) ? [] : await this.#imagesOf(scan);
    for (const [position, image] of images.entries()) {
      if (this.#isMine(scan, image, position))
        await this.#image(scan, image, position, bytes / images.length);
      else this.#progress(bytes / images.length);
    }
    await this.#work.afterAll(async () => {
      this.#states.set(source.name, scan.state());
      if (images.length === 0) this.#progress(bytes);
      if (!isProblem(copy)) copy.remove();
    });
  }

  /** Images with the same digest are in the same shard, wherever they are. */
  #isMine({ source }: SourceScan, { description }: FoundInArchive, position: number): boolean {
    const { manifestDigest, id } = description;
    return isInShard(this.#shard, manifestDigest ?? id ?? `${source.name} ${position}`);
  }

  async #imagesOf(scan: SourceScan): Promise<readonly FoundInArchive[]> {
    const { signal } = this.#parts.options;
    const addProblem = ({ code, message }: LayersError): void => {
      // Each shard opens all sources.
      if (isInShard(this.#shard, scan.source.name)) scan.addProblem({ position: null, code, message });
    };
    try {
      const archive = await openArchive({ path: scan.source.path }, { signal });
      for (const { error } of archive.unreadable) addProblem(error);
      return archive.images.map((description) => ({ description, key: keyOf(archive, description) }));
    } catch (error) {
      if (!isLayersError(error)) throw error;
      if (scan.source.isFound === true && error.code === 'ERR_LAYERS_NOT_AN_IMAGE') return [];
      addProblem(error);
      return [];
    }
  }

  async #image(scan: SourceScan, found: FoundInArchive, position: number, bytes: number): Promise<void> {
    const { known, read, options } = this.#parts;
    const { tags, layers } = found.description;
    const done = (image: number): void => {
      scan.addImage({ image, position, tags });
      this.#progress(bytes);
    };
    const diffIds = layers.flatMap(({ diffId }) => (diffId === null ? [] : [diffId]));
    const isSettled = (diffId: string): boolean => known.trees.has(diffId);
    // Two images that share an unknown layer are not read at once: each layer is read once.
    const claims = [
      ...diffIds.filter((diffId) => !isSettled(diffId)),
      ...(found.key === null ? [] : [found.key]),
    ];
    await this.#work.waitFor(claims);
    const image = found.key === null ? undefined : known.images.get(found.key);
    if (image !== undefined) {
      await this.#work.afterAll(async () => done(image));
      return;
    }
    const job = {
      path: scan.source.path,
      position,
      known: diffIds.filter(isSettled),
      cache: options.cache ?? null,
      rememberedEntries: REMEMBERED_ENTRIES,
    };
    await this.#work.start(
      claims,
      () => read(job),
      async ({ facts, problems = [] }) => {
        for (const problem of [...problems, ...(facts?.problems ?? [])]) scan.addProblem(problem);
        const added = facts === null ? null : await this.#add(found, position, facts);
        if (typeof added === 'number') done(added);
        else {
          if (added !== null) scan.addProblem(added);
          this.#progress(bytes);
        }
        // A layout can have thousands of images.
        const { writer } = this.#parts;
        if (writer.isDue) await writer.commit(this.#statesSoFar(), false);
      },
    );
  }

  async #add(
    { description: { manifestDigest, id } }: FoundInArchive,
    position: number,
    facts: ImageFacts,
  ): Promise<number | FoundProblem> {
    const { known, writer } = this.#parts;
    const digest = manifestDigest ?? id ?? digestOf(facts);
    const key = imageKey(
      digest,
      facts.layers.map(({ storedBytes }) => storedBytes),
    );
    return known.images.get(key) ?? (await writer.add(key, digest, position, facts));
  }

  /** The states of sources that are done, and what the last scan found in the others. */
  #statesSoFar(): readonly SourceState[] {
    return [...new Map([...this.#before, ...this.#states]).values()];
  }

  #progress(bytes: number): void {
    this.#doneBytes += bytes;
    this.#parts.options.onProgress?.({
      doneBytes: Math.round(this.#doneBytes),
      totalBytes: this.#totalBytes,
    });
  }
}

/** The digest of an image without a manifest and a config, from before Docker 1.10. */
function digestOf({ layers }: ImageFacts): string {
  const hash = createHash('sha256').update(layers.map(({ digest }) => digest).join('\n'));
  return `sha256:${hash.digest('hex')}`;
}
