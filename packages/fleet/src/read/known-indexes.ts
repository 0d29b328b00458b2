import type { Digest } from '@layers/core/digest';
import { knownLayers, type ReadLayer } from '@layers/core/image';

type Known = ReturnType<typeof knownLayers>;
type Index = NonNullable<ReturnType<Known['get']>>;

/** Layers of earlier images, so that a base that many images have is not read for each of them. */
export class KnownIndexes {
  readonly #maxEntries: number;
  /** The layer that was used last comes last. */
  readonly #known = new Map<Digest, Index>();
  #entries = 0;

  /** @param maxEntries the most entries of all layers; each takes about 100 bytes */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get known(): Known {
    return this.#known;
  }

  /** Keeps the layers of an image that was read. Forgets those that were not used for the longest time. */
  keep(layers: readonly ReadLayer[]): void {
    for (const [diffId, index] of knownLayers(layers)) {
      const before = this.#known.get(diffId);
      if (before !== undefined) this.#entries -= before.changeset.count;
      this.#known.delete(diffId);
      this.#known.set(diffId, before ?? index);
      this.#entries += (before ?? index).changeset.count;
    }
    for (const [diffId, { changeset }] of this.#known) {
      if (this.#entries <= this.#maxEntries) return;
      this.#known.delete(diffId);
      this.#entries -= changeset.count;
    }
  }
}
