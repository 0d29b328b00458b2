import { isLayersError } from '@layers/errors';
import { type Analysis, analyse } from '../analysis/analysis.js';
import type { LayerCache } from '../image/cache/layer-cache.js';
import type { ImageDescription } from '../image/describe/description.js';
import type { Archive, ArchiveInput, LayerOptions } from '../image/open-archive.js';
import { type ReadImage, readImage } from '../image/read-image.js';

/** An image whose layers have not been read. */
export interface ReadingSource {
  readonly archive: Archive;
  readonly description: ImageDescription;
  /** Position of the image in the archive. */
  readonly position: number;
  /** Returns the archive from its start; null for a stream. */
  readonly input: (() => ArchiveInput) | null;
  /** Whether digests were computed while the archive was streamed. */
  readonly verify: boolean;
  /** What earlier runs learnt of layers. */
  readonly cache?: LayerCache | undefined;
}

/** An image whose layers are read once, when they are needed. */
export interface Reading extends ReadingSource {
  /** Whether the layers have been read, or are being read. */
  readonly started: boolean;
  /**
   * Indexes the layers.
   *
   * @throws LayersError as `readImage`
   */
  read(options?: LayerOptions): Promise<ReadImage>;
  /** Does the same without the cache, for work that writes what it reads. */
  readAll(options?: LayerOptions): Promise<ReadImage>;
  /**
   * Merges the layers.
   *
   * @throws LayersError as `readImage` and `analyse`
   */
  analyse(options?: LayerOptions): Promise<Analysis>;
}

export function createReading(source: ReadingSource): Reading {
  const { archive, description, position, input, verify, cache } = source;
  let reading: Promise<ReadImage> | null = null;
  let whole: Promise<ReadImage> | null = null;
  let analysis: Analysis | null = null;

  async function read(options: LayerOptions = {}): Promise<ReadImage> {
    options.signal?.throwIfAborted();
    if (reading !== null) {
      try {
        return await reading;
      } catch (error) {
        // The signal of another caller does not cancel this call.
        if (isLayersError(error)) throw error;
        options.signal?.throwIfAborted();
      }
    }
    const started = readImage(archive, description, { ...options, cache });
    reading = started;
    try {
      return await started;
    } catch (error) {
      if (reading === started) reading = null;
      throw error;
    }
  }

  return {
    archive,
    description,
    position,
    input,
    verify,
    cache,
    get started() {
      return reading !== null;
    },
    read,
    readAll(options = {}) {
      if (cache === undefined) return read(options);
      const started = whole ?? readImage(archive, description, options);
      whole = started;
      started.catch(() => {
        if (whole === started) whole = null;
      });
      return started;
    },
    async analyse(options = {}) {
      const image = await read(options);
      analysis ??= analyse(image);
      return analysis;
    },
  };
}
