import type { Union } from '@layers/core/rootfs';

/** Which layer made each content unreachable. */
export class WasteIndex {
  /** For each layer and entry, the wasting layer plus one; null for a layer without wasted contents. */
  readonly #by: (Int32Array | null)[];

  constructor({ layers, waste }: Union) {
    this.#by = layers.map(() => null);
    for (let i = 0; i < waste.count; i++) {
      const { layer, entry, unreachableFrom } = waste.at(i);
      const by = this.#by[layer] ?? new Int32Array(layers[layer]?.count ?? 0);
      this.#by[layer] = by;
      by[entry] = unreachableFrom + 1;
    }
  }

  /** Returns the layer that made a content unreachable; NONE where it is reachable. */
  wastedBy(layer: number, entry: number): number {
    return (this.#by[layer]?.[entry] ?? 0) - 1;
  }
}
