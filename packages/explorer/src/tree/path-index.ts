import { type Changeset, Kind, NONE, ROOT, splitNames } from '@layers/core/rootfs';
import type { PathEvents, PathState } from '@layers/insight/events';
import type { LayerRange } from './layer-range.js';
import { WasteIndex } from './waste-index.js';

/**
 * The paths of all layers: the children of each, and its state after any layer. Nodes are numbered so that a directory
 * comes before what is in it.
 */
export class PathIndex {
  readonly events: PathEvents;
  readonly count: number;
  readonly layers: readonly Changeset[];
  /** The children of node `n` are `children[starts[n]]` to before `children[starts[n + 1]]`, in no order. */
  readonly starts: Int32Array;
  readonly children: Int32Array;
  /** The order by which the children of each node were last sorted; 0 is none. */
  readonly sortedBy: Uint32Array;
  /** For each layer, how many paths ever had each entry as their content. */
  readonly #names: readonly Uint32Array[];
  readonly #waste: WasteIndex;
  #orders = 0;

  /** The layer that removes the files of the first of two images; NONE for one image. */
  readonly emptying: number;

  constructor(events: PathEvents, emptying = NONE) {
    const { nodes, layers } = events.union;
    this.events = events;
    this.emptying = emptying;
    this.layers = layers;
    this.count = nodes.count;
    this.starts = new Int32Array(this.count + 1);
    const { starts, count } = this;
    for (let node = ROOT + 1; node < count; node++) {
      const parent = nodes.parentOf(node);
      starts[parent + 1] = (starts[parent + 1] ?? 0) + 1;
    }
    for (let i = 1; i <= count; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
    this.children = new Int32Array(Math.max(0, count - 1));
    const filled = starts.slice(0, count);
    for (let node = ROOT + 1; node < count; node++) {
      const parent = nodes.parentOf(node);
      const at = filled[parent] ?? 0;
      this.children[at] = node;
      filled[parent] = at + 1;
    }
    this.sortedBy = new Uint32Array(count);
    this.#waste = new WasteIndex(events.union);
    this.#names = layers.map((layer) => new Uint32Array(layer.count));
    for (let event = 0; event < events.count; event++) {
      if (events.isDeletion(event)) continue;
      const { kind, layer, entry } = events.stateOf(event);
      const names = this.#names[layer];
      if (kind !== Kind.file || names === undefined) continue;
      const before = events.previousOf(event);
      const last = before === NONE ? null : events.stateOf(before);
      // A path that is deleted and linked again stays one name.
      if (last?.layer !== layer || last.entry !== entry) names[entry] = (names[entry] ?? 0) + 1;
    }
  }

  /** Returns a number for a new order of siblings. */
  newOrder(): number {
    return ++this.#orders;
  }

  parentOf(node: number): number {
    return this.events.union.nodes.parentOf(node);
  }

  nameOf(node: number): Uint8Array {
    return this.events.union.nodes.nameOf(node);
  }

  /** Returns the last event of a node in the layers up to `layer`, or NONE. */
  eventAt(node: number, layer: number): number {
    return this.events.lastUpTo(node, layer);
  }

  /** Returns the state of a node after a layer; of a deleted one, its state before. Null where it never existed. */
  stateAt(node: number, layer: number): PathState | null {
    const event = this.eventAt(node, layer);
    if (event !== NONE) return this.events.stateOf(event);
    return node === ROOT ? { kind: Kind.directory, layer: NONE, entry: NONE } : null;
  }

  /** Returns the state of a node that a tree of these layers shows: after them, or before them where they delete it. */
  stateIn(node: number, { from, to }: LayerRange): PathState | null {
    const { events } = this;
    const last = this.eventAt(node, to);
    if (last === NONE || !events.isDeletion(last)) return this.stateAt(node, to);
    let event = last;
    while (event !== NONE && events.layerOf(event) >= from) event = events.previousOf(event);
    // What only these layers had is in no tree.
    return events.stateOf(event === NONE ? last : event);
  }

  sizeOf({ kind, layer, entry }: PathState): number {
    return kind === Kind.file ? (this.layers[layer]?.size[entry] ?? 0) : 0;
  }

  /** Whether a content may have several names, as hard links are. */
  isShared(state: PathState): boolean {
    return this.namesOf(state) > 1;
  }

  /** Returns the number of paths that have a content in any layer, as hard links have; 0 for what is not a file. */
  namesOf({ kind, layer, entry }: PathState): number {
    return kind === Kind.file ? (this.#names[layer]?.[entry] ?? 0) : 0;
  }

  /** Returns the layer that made a content unreachable; null where a path of the final file system leads to it. */
  wastedBy({ layer, entry }: PathState): number | null {
    const by = this.#waste.wastedBy(layer, entry);
    // What is in the first of two images to its end is not wasted.
    return by === NONE || by === this.emptying ? null : by;
  }

  timeOf({ layer, entry }: PathState): number {
    return this.layers[layer]?.mtime[entry] ?? 0;
  }

  /** Returns the node of a path that any layer names; NONE where none does. */
  nodeAt(path: Uint8Array): number {
    return this.#find(path, false);
  }

  /** Returns the node of a path, or of the nearest directory above it that any layer names. */
  nearestTo(path: Uint8Array): number {
    return this.#find(path, true);
  }

  #find(path: Uint8Array, isNearest: boolean): number {
    const { nodes } = this.events.union;
    let node = ROOT;
    for (const name of splitNames(path)) {
      const child = nodes.find(node, name, 0, name.length);
      if (child === NONE) return isNearest ? node : NONE;
      node = child;
    }
    return node;
  }

  /** Returns the names from the root to a node. */
  depthOf(node: number): number {
    let depth = 0;
    for (let at = node; at > ROOT; at = this.parentOf(at)) depth++;
    return depth;
  }
}
