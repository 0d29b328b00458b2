import type { Digest } from '@layers/core/digest';
import { knownLayers, type ReadLayer } from '@layers/core/image';
import type { Changeset } from '@layers/core/rootfs';
import type { KeptPackageFiles } from '@layers/insight/packages';

type Known = ReturnType<typeof knownLayers>;
type Index = NonNullable<ReturnType<Known['get']>>;

/** What an entry takes in memory, about. */
const ENTRY_BYTES = 100;

/** Layers of earlier images, so that a base that many images have is not read for each of them. */
export class KnownIndexes {
  readonly #maxEntries: number;
  /** The layer that was used last comes last. */
  readonly #known = new Map<Digest, Index>();
  /** What each counts. */
  readonly #weights = new Map<Digest, number>();
  #weight = 0;
  /** The files of packages of layers that were read. */
  readonly packageFiles = new WeakMap<Changeset, KeptPackageFiles>();

  /** @param maxEntries the most entries of all layers; each takes about `ENTRY_BYTES` */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get known(): Known {
    return this.#known;
  }

  /** Keeps the layers of an image that was read. Forgets those that were not used for the longest time. */
  keep(layers: readonly ReadLayer[]): void {
    for (const [diffId, index] of knownLayers(layers)) {
      const kept = this.#known.get(diffId) ?? index;
      this.#forget(diffId);
      const memoryBytes = this.packageFiles.get(kept.changeset)?.memoryBytes ?? 0;
      const weight = kept.changeset.count + memoryBytes / ENTRY_BYTES;
      this.#known.set(diffId, kept);
      this.#weights.set(diffId, weight);
      this.#weight += weight;
    }
    for (const diffId of this.#known.keys()) {
      if (this.#weight <= this.#maxEntries) return;
      this.#forget(diffId);
    }
  }

  #forget(diffId: Digest): void {
    this.#known.delete(diffId);
    this.#weight -= this.#weights.get(diffId) ?? 0;
    this.#weights.delete(diffId);
  }
}
