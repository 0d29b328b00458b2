import type { Changeset } from './changeset.js';
import { Kind } from './kind.js';
import type { NodeState } from './node-state.js';
import { NONE, type NodeTable } from './node-table.js';
import type { TouchedNodes } from './touched-nodes.js';

/** A layer that is being applied. */
export interface OrdinaryTarget {
  /** The position of the layer. */
  readonly layer: number;
  readonly changeset: Changeset;
  readonly nodes: NodeTable;
  readonly state: NodeState;
  /** The number of live paths of every entry of the layer. */
  readonly counts: Uint32Array;
  readonly touched: TouchedNodes;
  /** Whether the layer has whiteouts or opaque markers. */
  readonly hasMarkers: boolean;
  /** Returns the node of a directory of the changeset. */
  nodeOfDirectory(directory: number): number;
  findMarkerConflict(entry: number, node: number, kind: number): void;
  /** Releases the inode of a live node that gets that of an entry. */
  replace(node: number, entry: number, kind: number): void;
}

/** The kinds of entries that are a path with an inode of its own, by `Kind`. */
const IS_INODE = new Uint8Array(16);
for (const kind of [Kind.file, Kind.symlink, Kind.char, Kind.block, Kind.directory, Kind.fifo])
  IS_INODE[kind] = 1;

/**
 * Places the entries from `from` on, up to one that is not ordinary: a link, a marker, the root, or an entry whose parent is not a
 * directory yet. Returns its index, or the number of entries.
 *
 * Most entries of most layers are ordinary. One loop over arrays is fast also before it is optimised, and most images end before.
 */
export function placeOrdinaryEntries(target: OrdinaryTarget, from: number): number {
  const { layer, changeset, nodes, state, counts, touched, hasMarkers } = target;
  const { count, kind: kinds, parent: parents, nameStart, nameLength, names } = changeset;
  const { capacity, live, kind: kindOf, layer: layerOf, entry: entryOf, placedIn } = nodes.arrays();
  const { firstChild, next, previous } = nodes.arrays();
  state.ensure(capacity);
  const touchedIn = state.touchedIn.values;
  const existed = state.existed.values;
  const mark = layer + 1;
  let lastParent = NONE;
  let directory = NONE;
  for (let entry = from; entry < count; entry++) {
    const kind = kinds[entry] ?? Kind.ignored;
    const length = nameLength[entry] ?? 0;
    if (IS_INODE[kind] !== 1 || length === 0) return entry;
    const parent = parents[entry] ?? 0;
    if (parent !== lastParent) {
      lastParent = parent;
      directory = target.nodeOfDirectory(parent);
    }
    const start = nameStart[entry] ?? 0;
    const node = nodes.child(directory, layer, names, start, start + length);
    // Other arrays took the place of these.
    if (nodes.count > capacity) return entry;
    if (live[directory] !== 1 || kindOf[directory] !== Kind.directory) return entry;
    counts[entry] = (counts[entry] ?? 0) + 1;
    if (hasMarkers) target.findMarkerConflict(entry, node, kind);
    const isLive = live[node] === 1;
    if (touchedIn[node] !== mark) {
      touchedIn[node] = mark;
      existed[node] = isLive && kindOf[node] !== Kind.directory ? 1 : 0;
      touched.add(node);
    }
    if (isLive) target.replace(node, entry, kind);
    kindOf[node] = kind;
    layerOf[node] = layer;
    entryOf[node] = entry;
    placedIn[node] = layer;
    if (isLive) continue;
    live[node] = 1;
    const head = firstChild[directory] ?? NONE;
    next[node] = head;
    previous[node] = NONE;
    if (head !== NONE) previous[head] = node;
    firstChild[directory] = node;
    firstChild[node] = NONE;
  }
  return count;
}
