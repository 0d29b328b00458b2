import { createHash } from 'node:crypto';
import { type Archive, type ImageDescription, openArchive } from '@layers/core/image';
import { isLayersError, type LayersError } from '@layers/errors';
import type { FleetFolder } from '../folder/fleet-folder.js';
import type { FoundProblem, Shard, SourceState } from '../folder/state.js';
import type { ImageFacts, ImageReading } from '../read/image-facts.js';
import type { openReaders } from '../read/readers.js';
import type { FactsWriter } from './facts-writer.js';
import type { ChunkChoice } from './known-chunks.js';
import { imageKey, type KnownFacts } from './known-facts.js';
import { OrderedWork } from './ordered-work.js';
import { isProblem, localCopy, stateOf } from './remote-source.js';
import type { ScanOptions, ScanResult } from './scan-options.js';
import { isInShard, isSameShard } from './shard.js';
import { SourceScan } from './source-scan.js';
import { type FleetSource, sizeOf } from './sources.js';

const REMEMBERED_ENTRIES = 200_000;

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

/** How the sources of a scan relate to those of the scan before. */
export interface ScanMode {
  /**
   * Whether what was found in other sources stays. Sources are opened even if they did not change, and the scan is complete
   * whichever of them it reached.
   */
  readonly isAddition: boolean;
}

export interface ScanParts {
  readonly folder: FleetFolder;
  readonly known: KnownFacts;
  readonly writer: FactsWriter;
  readonly read: Awaited<ReturnType<typeof openReaders>>['read'];
  readonly options: ScanOptions;
  readonly jobs: number;
}

/** One scan: goes through its sources, and commits what it finds. */
export class SourcesScan {
  readonly #parts: ScanParts;
  readonly #shard: Shard | null;
  readonly #chunks: ChunkChoice | null;
  readonly #before: ReadonlyMap<string, SourceState>;
  /** Of the sources that are done, in their order. */
  readonly #states = new Map<string, SourceState>();
  readonly #work: OrderedWork<ImageReading>;
  #readAt: number | null = null;
  #unchanged = 0;
  #doneBytes = 0;
  #totalBytes = 0;

  constructor(parts: ScanParts) {
    this.#parts = parts;
    this.#shard = parts.options.shard ?? null;
    this.#chunks = parts.options.chunks ?? null;
    const { shard, sources } = parts.folder.state;
    // What the last scan found of another shard says nothing about this one.
    const before = isSameShard(shard, this.#shard) ? sources : [];
    this.#before = new Map(before.map((state) => [state.source, state]));
    this.#work = new OrderedWork(parts.jobs === 1 ? 1 : parts.jobs + 1);
  }

  /** @param isAddition whether what was found in other sources stays */
  async run(sources: readonly FleetSource[], { isAddition }: ScanMode): Promise<ScanResult> {
    const { known, writer, options } = this.#parts;
    this.#readAt = isAddition ? Date.now() : null;
    const [imagesBefore, layersBefore] = [known.images.size, known.layers.size];
    const chunkedBefore = writer.chunkedLayers;
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
      await writer.commit(this.#statesSoFar(), isAddition);
      throw error;
    }
    const states = [...this.#states.values()];
    await writer.commit(isAddition ? this.#statesSoFar() : states, true);
    return {
      sources: states.length,
      unchangedSources: this.#unchanged,
      images: new Set(states.flatMap(({ images }) => images.map(({ image }) => image))).size,
      newImages: known.images.size - imagesBefore,
      newLayers: known.layers.size - layersBefore,
      chunkedLayers: writer.chunkedLayers - chunkedBefore,
      problems: states.reduce((sum, { problems }) => sum + problems.length, 0),
    };
  }

  async #source(source: FleetSource, bytes: number): Promise<void> {
    const before = this.#before.get(source.name);
    const state = await stateOf(source);
    const identity = isProblem(state) ? null : state;
    if (
      this.#readAt === null &&
      before !== undefined &&
      identity !== null &&
      before.identity === identity &&
      before.problems.length === 0 &&
      before.images.every(({ image }) => this.#hasChunks(image))
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
      this.#states.set(source.name, scan.state(this.#readAt));
      if (images.length === 0) this.#progress(bytes);
      if (!isProblem(copy)) copy.remove();
    });
  }

  /** Whether an image need not be read for its chunks. */
  #hasChunks(image: number): boolean {
    const { chunks, treesOf } = this.#parts.known;
    return (treesOf.get(image) ?? []).every((tree) => chunks.isSettled(tree, this.#chunks));
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
    const isSettled = (diffId: string): boolean => {
      const tree = known.trees.get(diffId)?.tree;
      return tree !== undefined && known.chunks.isSettled(tree, this.#chunks);
    };
    // Two images that share an unknown layer are not read at once: each layer is read once.
    const claims = [
      ...diffIds.filter((diffId) => !isSettled(diffId)),
      ...(found.key === null ? [] : [found.key]),
    ];
    await this.#work.waitFor(claims);
    const image = found.key === null ? undefined : known.images.get(found.key);
    if (image !== undefined && this.#hasChunks(image)) {
      await this.#work.afterAll(async () => done(image));
      return;
    }
    const job = {
      path: scan.source.path,
      scan: this.#readAt ?? 0,
      position,
      known: diffIds.filter(isSettled),
      chunksOneIn: this.#chunks === null ? null : known.chunks.nextSample(this.#chunks, 0),
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
        if (writer.isDue) await writer.commit(this.#statesSoFar(), this.#readAt !== null);
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
    const image = known.images.get(key);
    if (image === undefined) return writer.add(key, digest, position, facts);
    return (await writer.addChunks(position, facts)) ?? image;
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
