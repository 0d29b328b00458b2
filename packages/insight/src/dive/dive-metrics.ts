import { changesetOf, type ReadImage } from '@layers/core/image';
import {
  bytesColumn,
  type Changeset,
  growTogether,
  indexColumn,
  NONE,
  numbersColumn,
} from '@layers/core/rootfs';
import { LayerTree } from './layer-tree.js';
import { StackedTree } from './stacked-tree.js';
import { TreePaths } from './tree-paths.js';

/** What dive 0.13 computes for an image. */
export interface DiveMetrics {
  /** Smallest size of each path, divided by all its sizes in all layers. 1 where there are no bytes. */
  readonly efficiency: number;
  /** All sizes of the paths that are in several layers. */
  readonly wastedBytes: number;
  /** Sizes of all layers. */
  readonly sizeBytes: number;
  /** Sizes of all layers but the lowest. */
  readonly userSizeBytes: number;
  /** `wastedBytes / userSizeBytes`: NaN where both are 0, Infinity where only the latter is. */
  readonly userWastedPercent: number;
}

/** Computes the metrics of dive for an image that was read. dive takes a layer that is stored as a link for empty. */
export function diveMetricsOf({ layers }: Pick<ReadImage, 'layers'>): DiveMetrics {
  return diveMetrics(layers.map((layer) => (layer.description.isLinked ? null : changesetOf(layer))));
}

/**
 * Computes the metrics of dive 0.13 as it does, with its faults: the lowest layer is the base whatever it is; deleted files
 * have no bytes, and deleted directories those of all files below; opaque markers do nothing; a whiteout of a path that does
 * not exist ends the count of its layer.
 *
 * @param layers the lowest first; null for a layer that dive takes for empty
 */
export function diveMetrics(layers: readonly (Changeset | null)[]): DiveMetrics {
  const paths = new TreePaths();
  const tree = new LayerTree(paths);
  const below = new StackedTree(paths);
  const counts = new PathCounts(paths);
  let sizeBytes = 0;
  let userSizeBytes = 0;
  layers.forEach((changeset, layer) => {
    tree.read(changeset);
    sizeBytes += tree.bytes;
    if (layer === 0) below.copy(tree);
    else userSizeBytes += tree.bytes;
    counts.add(tree, below);
    below.stack(tree);
  });
  const wastedBytes = counts.repeatedBytes();
  return {
    efficiency: counts.score(),
    wastedBytes,
    sizeBytes,
    userSizeBytes,
    userWastedPercent: wastedBytes / userSizeBytes,
  };
}

/** The sizes of each path in the layers. */
class PathCounts {
  readonly #paths: TreePaths;
  readonly #layers = indexColumn();
  readonly #bytes = numbersColumn();
  readonly #smallest = numbersColumn();
  readonly #isKnown = bytesColumn();
  readonly #ensure = growTogether([this.#layers, this.#bytes, this.#smallest, this.#isKnown]);

  constructor(paths: TreePaths) {
    this.#paths = paths;
  }

  /** Counts the leaves of a layer, until a whiteout of something that does not exist. */
  add(tree: LayerTree, below: StackedTree): void {
    this.#ensure(this.#paths.count);
    for (const path of tree.hasWhiteouts ? tree.sortedPaths() : tree.paths()) {
      if (!tree.isLeaf(path)) continue;
      const counted = this.#paths.countedAs(path);
      if (this.#isKnown.values[counted] !== 1) {
        this.#isKnown.values[counted] = 1;
        this.#smallest.values[counted] = -1;
      }
      let bytes = tree.sizeOf(path);
      if (this.#paths.isWhiteout(path)) {
        const hidden = this.#paths.hiddenBy(path);
        if (hidden !== NONE && !below.has(hidden)) return;
        bytes = hidden === NONE ? 0 : below.sizeUnder(hidden);
      }
      this.#count(counted, bytes);
    }
  }

  /** Returns the bytes of all paths that are in more than one layer. */
  repeatedBytes(): number {
    let bytes = 0;
    for (let path = 0; path < this.#paths.count; path++) {
      if ((this.#layers.values[path] ?? 0) > 1) bytes += this.#bytes.values[path] ?? 0;
    }
    return bytes;
  }

  score(): number {
    let smallest = 0;
    let all = 0;
    for (let path = 0; path < this.#paths.count; path++) {
      if (this.#isKnown.values[path] !== 1) continue;
      smallest += this.#smallest.values[path] ?? 0;
      all += this.#bytes.values[path] ?? 0;
    }
    return all === 0 ? 1 : smallest / all;
  }

  #count(path: number, bytes: number): void {
    const smallest = this.#smallest.values[path] ?? 0;
    this.#layers.values[path] = (this.#layers.values[path] ?? 0) + 1;
    this.#bytes.values[path] = (this.#bytes.values[path] ?? 0) + bytes;
    if (smallest < 0 || bytes < smallest) this.#smallest.values[path] = bytes;
  }
}
