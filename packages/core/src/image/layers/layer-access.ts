import { isLayersError } from '@layers/errors';
import { inflateInParallel } from '#core/compression/indexed/parallel-inflate.js';
import type { CompressedIndex } from '../../compression/indexed/compressed-index.js';
import { inflatedSource, notIndexed } from '../../compression/indexed/inflated-source.js';
import type { SyncByteSource } from '../../io/byte-source.js';

/** Where the access points of a layer come from. */
export interface PointSource {
  /** Returns the points if they are known. */
  load(): CompressedIndex | null;
  /** Reads the layer to find the points; absent where that was done. */
  readonly build?: (() => Promise<CompressedIndex | null>) | undefined;
  /** Whether the points are found for the first file: later runs have them. Else for the second one. */
  readonly isKept?: boolean | undefined;
  /** Called where the layer is not the one whose points these are. */
  readonly onChanged?: (() => void) | undefined;
}

/** Up to here, reading a layer from its start takes less time than finding its access points. */
const NEAR_BYTES = 8 * 1024 * 1024;

/** A smaller layer is decompressed in the time in which its access points are read. */
const WORTH_THREADS_BYTES = 4 * 1024 * 1024;

/** Reads a compressed layer at any position, if its access points are known or worth finding. */
export class LayerAccess {
  readonly #stored: SyncByteSource;
  readonly #points: PointSource;
  #opened: Promise<SyncByteSource | null> | null = null;
  #isLoaded = false;
  /** How many times the layer was read from its start instead. */
  #reads = 0;

  constructor(stored: SyncByteSource, points: PointSource) {
    this.#stored = stored;
    this.#points = points;
  }

  /**
   * Returns the uncompressed layer, to read it near `position`; null where it is better read from its start. Throws
   * ERR_LAYERS_INPUT_CHANGED, and the errors of a damaged layer.
   */
  async near(position: number): Promise<SyncByteSource | null> {
    if (!this.#isLoaded) {
      this.#isLoaded = true;
      const points = this.#points.load();
      if (points !== null) this.#opened = Promise.resolve(this.#inflated(points));
    }
    const { build, isKept = false } = this.#points;
    if (this.#opened === null && build !== undefined && position > NEAR_BYTES) {
      this.#reads += 1;
      if (!isKept && this.#reads === 1) return null;
      this.#opened = build().then((points) => (points === null ? null : this.#inflated(points)));
    }
    return this.#opened;
  }

  /**
   * Yields the uncompressed layer from its start, with several threads; null where its access points are not known, or that gains
   * nothing. The generator throws ERR_LAYERS_INPUT_CHANGED.
   */
  whole(): AsyncGenerator<Uint8Array> | null {
    if (this.#stored.size < WORTH_THREADS_BYTES) return null;
    const points = this.#points.load();
    if (points === null || points.storedBytes !== this.#stored.size) return null;
    return inflateInParallel(this.#stored.open(), points, {
      notIndexed: (cause) => {
        this.#points.onChanged?.();
        return notIndexed(this.#stored.name, cause);
      },
    });
  }

  /** Runs work that reads the layer. Notes where the bytes are not those whose points are known. */
  *watched<T>(work: Iterable<T>): Generator<T> {
    try {
      yield* work;
    } catch (error) {
      if (isLayersError(error) && error.code === 'ERR_LAYERS_INPUT_CHANGED') this.#points.onChanged?.();
      throw error;
    }
  }

  #inflated(points: CompressedIndex): SyncByteSource | null {
    // Points of other data: they must not be used.
    return points.storedBytes === this.#stored.size ? inflatedSource(this.#stored, points) : null;
  }
}
