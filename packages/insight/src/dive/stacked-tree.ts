import { bytesColumn, growTogether, indexColumn, NONE, numbersColumn, ROOT } from '@layers/core/rootfs';
import type { LayerTree } from './layer-tree.js';
import type { TreePaths } from './tree-paths.js';

/** The tree that dive makes of several layers, one on the other. */
export class StackedTree {
  readonly #paths: TreePaths;
  readonly #exists = bytesColumn();
  readonly #size = numbersColumn();
  readonly #isDirectory = bytesColumn();
  readonly #sum = numbersColumn();
  /** The state of the tree for which a sum was computed. */
  readonly #summedIn = indexColumn();
  readonly #ensure = growTogether([this.#exists, this.#size, this.#isDirectory, this.#sum, this.#summedIn]);
  #state = 1;

  constructor(paths: TreePaths) {
    this.#paths = paths;
  }

  has(path: number): boolean {
    return this.#exists.values[path] === 1;
  }

  /** Returns the size that dive finds under a path: of a directory with all that is below, else 0. */
  sizeUnder(path: number): number {
    if (this.#isDirectory.values[path] !== 1) return 0;
    if (this.#summedIn.values[path] === this.#state) return this.#sum.values[path] ?? 0;
    const found = this.#below(path, (each) => this.#summedIn.values[each] !== this.#state);
    for (const each of found) {
      if (this.#summedIn.values[each] !== this.#state) this.#sum.values[each] = this.#size.values[each] ?? 0;
    }
    // The last ones first: the sum of a path is complete before that of its parent.
    for (const each of found.reverse()) {
      this.#summedIn.values[each] = this.#state;
      if (each === path) continue;
      const parent = this.#paths.parentOf(each);
      this.#sum.values[parent] = (this.#sum.values[parent] ?? 0) + (this.#sum.values[each] ?? 0);
    }
    return this.#sum.values[path] ?? 0;
  }

  /** Copies a layer with its whiteouts, which become files, as dive does with the lowest one. */
  copy(layer: LayerTree): void {
    this.#ensure(this.#paths.count);
    for (const path of layer.paths()) this.#put(layer, path, path);
    this.#state++;
  }

  /** Puts a layer on the tree. Its whiteouts delete paths, also those of the same layer that dive visits before. */
  stack(layer: LayerTree): void {
    this.#ensure(this.#paths.count);
    for (const path of layer.hasWhiteouts ? layer.sortedPaths() : layer.paths()) {
      if (this.#paths.isWhiteout(path)) this.#remove(this.#paths.hiddenBy(path));
      else this.#add(layer, path);
    }
    this.#state++;
  }

  #add(layer: LayerTree, path: number): void {
    const place = this.#paths.stackedAs(path);
    if (place === ROOT) return;
    for (let above = this.#paths.parentOf(place); above !== ROOT; above = this.#paths.parentOf(above)) {
      if (this.has(above)) break;
      this.#exists.values[above] = 1;
      this.#size.values[above] = 0;
      this.#isDirectory.values[above] = 0;
    }
    this.#put(layer, path, place);
  }

  #put(layer: LayerTree, path: number, place: number): void {
    this.#exists.values[place] = 1;
    this.#size.values[place] = layer.sizeOf(path);
    this.#isDirectory.values[place] = layer.isDirectory(path) ? 1 : 0;
  }

  #remove(path: number): void {
    if (path === NONE || !this.has(path)) return;
    for (const each of this.#below(path, () => true)) this.#exists.values[each] = 0;
  }

  /** Returns an existing path and all below it, parents first; nothing below those that `enters` refuses. */
  #below(path: number, enters: (path: number) => boolean): number[] {
    const found = [path];
    for (let i = 0; i < found.length; i++) {
      const parent = found[i] ?? ROOT;
      if (!enters(parent)) continue;
      for (const child of this.#paths.childrenOf(parent)) if (this.has(child)) found.push(child);
    }
    return found;
  }
}
