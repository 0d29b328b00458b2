import { type Archive, LayerCache, openArchive } from '@layers/core/image';
import { isLayersError } from '@layers/errors';
import type { ImageReading } from './image-facts.js';
import { KnownIndexes } from './known-indexes.js';
import { readImageFacts } from './read-image-facts.js';

/** An image to read. Plain data. */
export interface ReadJob {
  readonly path: string;
  /** When the scan began: an archive that was opened for an earlier one may have changed. */
  readonly scan: number;
  /** The position of the image in the archive. */
  readonly position: number;
  /** The declared DiffIDs of its layers whose files are known, and whose chunks are where they are wanted. */
  readonly known: readonly string[];
  /** Of how many chunks of contents one is kept; null to find no chunks. */
  readonly chunksOneIn: number | null;
  readonly cache: CacheChoice | null;
  /** The most entries of layers of earlier images to remember. */
  readonly rememberedEntries: number;
}

/** Which cache of layer indexes is used. */
export interface CacheChoice {
  readonly directory: string;
  readonly version: string;
}

/** Reads images one after the other, and remembers what they share. */
export class ImageReader {
  #archive: { readonly path: string; readonly scan: number; readonly archive: Archive } | null = null;
  #indexes: KnownIndexes | null = null;
  #cache: LayerCache | null | undefined;

  /** What is wrong with the image or its archive is in the result: errors lose their kind between threads. */
  async read(job: ReadJob, signal?: AbortSignal): Promise<ImageReading> {
    try {
      return await this.#read(job, signal);
    } catch (error) {
      if (!isLayersError(error)) throw error;
      return {
        facts: null,
        problems: [{ position: job.position, code: error.code, message: error.message }],
      };
    }
  }

  async #read(job: ReadJob, signal: AbortSignal | undefined): Promise<ImageReading> {
    this.#indexes ??= new KnownIndexes(job.rememberedEntries);
    if (this.#cache === undefined) this.#cache = job.cache === null ? null : LayerCache.open(job.cache);
    const cache = this.#cache ?? undefined;
    if (this.#archive?.path !== job.path || this.#archive.scan !== job.scan) {
      this.#archive = null;
      this.#archive = {
        path: job.path,
        scan: job.scan,
        archive: await openArchive({ path: job.path }, { cache, signal }),
      };
    }
    const { archive } = this.#archive;
    const description = archive.images[job.position];
    if (description === undefined) throw new Error(`${job.path} has no image ${job.position} any more`);
    const known = new Set(job.known);
    const isKnown = (diffId: string): boolean => known.has(diffId);
    return readImageFacts(archive, description, job.position, {
      cache,
      signal,
      indexes: this.#indexes,
      isKnown,
      chunksOneIn: job.chunksOneIn,
    });
  }
}
