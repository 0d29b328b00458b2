/** Contents that one piece of advice is about, by layer and entry. Paths are computed only where they are shown. */
export class FileGroup {
  readonly #layers: number[] = [];
  readonly #entries: number[] = [];
  readonly #bytes: number[] = [];
  readonly #bytesOfLayer = new Map<number, number>();
  #sum = 0;

  add(layer: number, entry: number, bytes: number): void {
    this.#layers.push(layer);
    this.#entries.push(entry);
    this.#bytes.push(bytes);
    this.#bytesOfLayer.set(layer, (this.#bytesOfLayer.get(layer) ?? 0) + bytes);
    this.#sum += bytes;
  }

  get bytes(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#layers.length;
  }

  /** The bytes by layer, the most first. */
  get layers(): readonly (readonly [layer: number, bytes: number])[] {
    return [...this.#bytesOfLayer].sort(([a, bytesA], [b, bytesB]) => bytesB - bytesA || a - b);
  }

  /** Calls `visit` for each content. */
  each(visit: (layer: number, entry: number, bytes: number) => void): void {
    for (let i = 0; i < this.#layers.length; i++)
      visit(this.#layers[i] ?? 0, this.#entries[i] ?? 0, this.#bytes[i] ?? 0);
  }
}
