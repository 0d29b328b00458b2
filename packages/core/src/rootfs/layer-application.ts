import type { FindingCode } from '../findings/codes.js';
import type { Finding } from '../findings/finding.js';
import { createFindingList } from '../findings/finding-list.js';
import { pathFields } from '../findings/path-fields.js';
import { type Changeset, linkTargetOf, offsetField, pathOf } from './changeset.js';
import { Kind } from './kind.js';
import { type AppliedLayer, findMarkersWithoutDirectory, findParentsWithoutEntry } from './layer-findings.js';
import type { NodeState } from './node-state.js';
import { NONE, type NodeTable, ROOT } from './node-table.js';
import { type OrdinaryTarget, placeOrdinaryEntries } from './ordinary-entries.js';
import { splitPath } from './path.js';
import { TouchedNodes } from './touched-nodes.js';
import type { WasteCause, WasteList } from './waste-list.js';

/** A regular file that replaced one of the same size: it may hold the same bytes. */
export interface CopyCandidate {
  readonly oldLayer: number;
  readonly oldEntry: number;
  readonly newLayer: number;
  readonly newEntry: number;
  /** The layer whose entry replaced the path. */
  readonly layer: number;
  /** Index of the old content in the waste list, or NONE where another name still reaches it. */
  readonly waste: number;
}

/** The changes of a layer to the paths below it, without directories. */
export interface LayerChanges {
  added: number;
  modified: number;
  deleted: number;
  readonly findings: readonly Finding[];
}

/** The union while layers are applied to it, one after another. */
export interface GrowingUnion {
  readonly layers: readonly Changeset[];
  readonly nodes: NodeTable;
  readonly state: NodeState;
  /** The number of live paths of every entry, by layer. */
  readonly names: readonly Uint32Array[];
  readonly waste: WasteList;
  readonly candidates: CopyCandidate[];
}

const OPAQUE = 1;
const WHITEOUT = 2;
/** A character device 0:0, which Docker treats as a file and as a whiteout. */
const DEVICE = 4;

/** Applies one changeset to a union: its markers first, then its entries, then links that precede their targets. */
export class LayerApplication {
  readonly #layer: number;
  readonly #changeset: Changeset;
  readonly #layers: readonly Changeset[];
  readonly #nodes: NodeTable;
  readonly #state: NodeState;
  readonly #names: readonly Uint32Array[];
  readonly #waste: WasteList;
  readonly #candidates: CopyCandidate[];
  readonly #findings = createFindingList();
  /** The node of each directory of the changeset, or NONE while it is unknown. */
  readonly #directoryNodes: Int32Array;
  /** The directories of the changeset in which only hard links stand that have no target. */
  readonly #unusedDirectories = new Set<number>();
  readonly #touched: TouchedNodes;
  /** 1 for each directory of the changeset that is known to be neither hidden nor below a hidden one. */
  readonly #clearDirectories: Uint8Array;
  /** The markers of nodes, as a sum of OPAQUE, WHITEOUT and DEVICE. */
  readonly #markers = new Map<number, number>();

  /** Prepares the layer at the position `layer`. */
  constructor(union: GrowingUnion, layer: number, changeset: Changeset) {
    this.#layer = layer;
    this.#changeset = changeset;
    this.#layers = union.layers;
    this.#nodes = union.nodes;
    this.#state = union.state;
    this.#names = union.names;
    this.#waste = union.waste;
    this.#candidates = union.candidates;
    this.#directoryNodes = new Int32Array(changeset.dirParent.length).fill(NONE);
    this.#directoryNodes[0] = ROOT;
    this.#touched = new TouchedNodes(changeset.count);
    this.#clearDirectories = new Uint8Array(changeset.dirParent.length);
  }

  /** The nodes that the layer placed or removed, each once. */
  get touched(): Int32Array {
    return this.#touched.list();
  }

  /** Applies the layer. Call it once. */
  apply(): LayerChanges {
    const { kind: kinds, count } = this.#changeset;
    for (let entry = 0; entry < count; entry++) {
      if (kinds[entry] === Kind.whiteout || kinds[entry] === Kind.opaque) this.#applyMarker(entry);
    }
    const linksBeforeTargets: number[] = [];
    const target = this.#ordinaryTarget();
    for (let entry = 0; ; entry++) {
      entry = placeOrdinaryEntries(target, entry);
      if (entry === count) break;
      const kind = kinds[entry] ?? Kind.ignored;
      if (kind === Kind.link) {
        if (!this.#applyLink(entry)) linksBeforeTargets.push(entry);
      } else if (kind !== Kind.ignored && kind !== Kind.whiteout && kind !== Kind.opaque) {
        this.#placeEntry(entry, kind, this.#layer, entry);
      }
    }
    if (linksBeforeTargets.length > 0) this.#applyDeferredLinks(linksBeforeTargets);
    const applied: AppliedLayer = {
      layer: this.#layer,
      changeset: this.#changeset,
      layers: this.#layers,
      nodes: this.#nodes,
      state: this.#state,
      directoryNodes: this.#directoryNodes,
      unusedDirectories: this.#unusedDirectories,
      nodeOf: (entry) => this.#nodeOfEntry(entry),
    };
    if (this.#markers.size > 0) findMarkersWithoutDirectory(applied, this.#findings);
    if (this.#layer > 0) findParentsWithoutEntry(applied, this.#findings);
    return this.#countChanges();
  }

  #ordinaryTarget(): OrdinaryTarget {
    return {
      layer: this.#layer,
      changeset: this.#changeset,
      nodes: this.#nodes,
      state: this.#state,
      counts: this.#names[this.#layer] ?? new Uint32Array(0),
      touched: this.#touched,
      hasMarkers: this.#markers.size > 0,
      nodeOfDirectory: (directory) => this.#nodeOfDirectory(directory),
      findMarkerConflict: (entry, node, kind) => this.#findMarkerConflict(entry, node, kind),
      replace: (node, entry, kind) => this.#replace(node, entry, kind, this.#layer, entry),
    };
  }

  #countChanges(): LayerChanges {
    const changes = { added: 0, modified: 0, deleted: 0, findings: this.#findings.list() };
    const existed = this.#state.existed.values;
    const { live, kind } = this.#nodes.arrays();
    const touched = this.#touched.list();
    for (let i = 0; i < touched.length; i++) {
      const node = touched[i] ?? ROOT;
      const before = existed[node] === 1;
      const after = live[node] === 1 && kind[node] !== Kind.directory;
      if (before && after) changes.modified++;
      else if (after) changes.added++;
      else if (before) changes.deleted++;
    }
    return changes;
  }

  /** Removes the paths that a whiteout or an opaque marker names. */
  #applyMarker(entry: number): void {
    const nodes = this.#nodes;
    const state = this.#state;
    const node = this.#nodeOfEntry(entry);
    this.#addMarker(entry, node);
    state.ensure(nodes.count);
    if (this.#changeset.kind[entry] === Kind.opaque) {
      if (nodes.isLiveDirectory(node)) this.#clear(node, 'deleted');
      return;
    }
    if (nodes.isLive(node)) {
      this.#clear(node, 'deleted');
      this.#touch(node);
      this.#release(node, 'deleted');
      nodes.remove(node, this.#layer);
    } else if (state.touchedIn.values[node] !== this.#layer + 1 && !this.#isBelowFile(node)) {
      this.#find('whiteout-of-nothing', entry, 'a whiteout names a path that no lower layer has');
    }
    state.hiddenIn.values[node] = this.#layer + 1;
    state.hiddenBy.values[node] = entry;
  }

  /** Records a marker. Loaders refuse some pairs of markers of one path. */
  #addMarker(entry: number, node: number): void {
    const { kind, devices } = this.#changeset;
    const marker = kind[entry] === Kind.opaque ? OPAQUE : devices.has(entry) ? DEVICE : WHITEOUT;
    const earlier = this.#markers.get(node) ?? 0;
    this.#markers.set(node, earlier | marker);
    if ((earlier & marker) !== 0)
      this.#find(
        'duplicate-entry',
        entry,
        'the layer has this whiteout twice; Docker and podman refuse the layer',
      );
    else if (marker === WHITEOUT && (earlier & DEVICE) !== 0)
      this.#find(
        'whiteout-with-entry',
        entry,
        'the layer has a character device 0:0 and, after it, a whiteout of its path; Docker and containerd refuse the layer',
      );
  }

  /** Whether the parent of a node is a live path other than a directory. */
  #isBelowFile(node: number): boolean {
    const parent = this.#nodes.parentOf(node);
    return this.#nodes.isLive(parent) && !this.#nodes.isLiveDirectory(parent);
  }

  /** Gives the path of `entry` the inode `inodeEntry` of `inodeLayer`, and releases the old inode of the path. */
  #placeEntry(entry: number, kind: number, inodeLayer: number, inodeEntry: number): void {
    const nodes = this.#nodes;
    const node = this.#nodeOfEntry(entry);
    this.#state.ensure(nodes.count);
    // Counts the new name first: replacing the path may release the last other name of a link's target.
    const counts = this.#names[inodeLayer];
    if (counts !== undefined) counts[inodeEntry] = (counts[inodeEntry] ?? 0) + 1;
    if (node !== ROOT) this.#makeDirectory(nodes.parentOf(node), entry);
    if (this.#markers.size > 0) this.#findMarkerConflict(entry, node, kind);
    this.#touch(node);
    if (nodes.isLive(node)) this.#replace(node, entry, kind, inodeLayer, inodeEntry);
    nodes.place(node, this.#layer, kind, inodeLayer, inodeEntry);
  }

  /** Releases the inode of a live node that gets another one. */
  #replace(node: number, entry: number, kind: number, newLayer: number, newEntry: number): void {
    const nodes = this.#nodes;
    const oldLayer = nodes.layerOf(node);
    const oldEntry = nodes.entryOf(node);
    const oldKind = nodes.kindOf(node);
    const isDuplicate = nodes.placedIn(node) === this.#layer;
    if (isDuplicate && oldLayer !== NONE) {
      this.#find(
        'duplicate-entry',
        entry,
        'the layer has this path twice: the last entry wins; Docker refuses the layer',
      );
    }
    if (oldKind === Kind.directory && kind !== Kind.directory) this.#clear(node, 'replaced');
    const isFileOverFile = oldKind === Kind.file && kind === Kind.file;
    const waste = this.#release(node, isFileOverFile ? 'overwritten' : 'replaced');
    if (!isFileOverFile || isDuplicate) return;
    const isOtherInode = oldLayer !== newLayer || oldEntry !== newEntry;
    const isSameSize = this.#layers[oldLayer]?.size[oldEntry] === this.#layers[newLayer]?.size[newEntry];
    if (isOtherInode && isSameSize) {
      this.#candidates.push({ oldLayer, oldEntry, newLayer, newEntry, layer: this.#layer, waste });
    }
  }

  /** Applies a hard link. Returns false where its target does not exist yet. */
  #applyLink(entry: number): boolean {
    const target = this.#targetOf(entry);
    if (target === NONE || !this.#nodes.isLive(target)) return false;
    const isLower = this.#nodes.placedIn(target) !== this.#layer;
    if (isLower && this.#nodes.kindOf(target) !== Kind.directory) {
      this.#find(
        'link-to-lower-layer',
        entry,
        'a hard link names a path of a lower layer; Docker refuses the layer',
      );
    }
    this.#linkTo(entry, target);
    return true;
  }

  /**
   * Applies hard links whose targets did not exist when the links were read. A target may be another of these links,
   * before or after its own target. Each link is looked at again only after its target was made.
   */
  #applyDeferredLinks(entries: readonly number[]): void {
    const nodes = this.#nodes;
    const { parent, dirParent } = this.#changeset;
    // Makes the nodes of all links, so that each target that may exist later has one.
    for (const entry of entries) {
      let directory = parent[entry] ?? 0;
      for (; this.#directoryNodes[directory] === NONE; directory = dirParent[directory] ?? 0)
        this.#unusedDirectories.add(directory);
      this.#nodeOfEntry(entry);
    }
    /** The links that wait for a node. */
    const waiting = new Map<number, number[]>();
    for (let round = entries; round.length > 0; ) {
      const next: number[] = [];
      for (const entry of round) {
        const target = this.#targetOf(entry);
        if (target === NONE || !nodes.isLive(target)) {
          const others = waiting.get(target);
          if (others === undefined) waiting.set(target, [entry]);
          else others.push(entry);
          continue;
        }
        if (nodes.kindOf(target) !== Kind.directory) {
          this.#find(
            'link-before-target',
            entry,
            'a hard link precedes its target; Docker refuses the layer',
          );
        }
        this.#linkTo(entry, target);
        const node = this.#nodeOfEntry(entry);
        if (!nodes.isLive(node)) continue;
        let directory = parent[entry] ?? 0;
        while (this.#unusedDirectories.delete(directory)) directory = dirParent[directory] ?? 0;
        for (const other of waiting.get(node) ?? []) next.push(other);
        waiting.delete(node);
      }
      round = next.sort((a, b) => a - b);
    }
    for (const entry of [...waiting.values()].flat().sort((a, b) => a - b))
      this.#find('dangling-link', entry, 'the target of a hard link does not exist; the link is ignored');
  }

  #linkTo(entry: number, target: number): void {
    const nodes = this.#nodes;
    if (nodes.kindOf(target) === Kind.directory) {
      this.#find('link-to-directory', entry, 'a hard link to a directory is ignored');
      return;
    }
    this.#placeEntry(entry, nodes.kindOf(target), nodes.layerOf(target), nodes.entryOf(target));
  }

  /** Returns the node that a hard link names, live or not, or NONE. Does not follow symlinks. */
  #targetOf(entry: number): number {
    const nodes = this.#nodes;
    const target = linkTargetOf(this.#changeset, entry);
    const parts: number[] = [];
    const depth = splitPath(target, parts);
    if (typeof depth === 'string') return NONE;
    let node = ROOT;
    for (let i = 0; i < depth && node !== NONE; i++) {
      node = nodes.find(node, target, parts[i * 2] ?? 0, parts[i * 2 + 1] ?? 0);
    }
    return node;
  }

  #find(code: FindingCode, entry: number, message: string): void {
    this.#findings.add(code, message, () => ({
      ...pathFields(pathOf(this.#changeset, entry)),
      ...offsetField(this.#changeset, entry),
    }));
  }

  /**
   * Loaders differ where an entry precedes its own whiteout, where a directory follows it, and where anything follows a
   * whiteout that is a device.
   */
  #findMarkerConflict(entry: number, node: number, kind: number): void {
    const state = this.#state;
    if (state.hiddenIn.values[node] !== this.#layer + 1 && this.#isClear(this.#changeset.parent[entry] ?? 0))
      return;
    for (let ancestor = node; ancestor > ROOT; ancestor = this.#nodes.parentOf(ancestor)) {
      if (state.hiddenIn.values[ancestor] !== this.#layer + 1) continue;
      const isDirectory = ancestor !== node || kind === Kind.directory;
      const isDevice = ((this.#markers.get(ancestor) ?? 0) & DEVICE) !== 0;
      if (!isDirectory && !isDevice && entry > (state.hiddenBy.values[ancestor] ?? 0)) continue;
      state.hiddenIn.values[ancestor] = 0;
      this.#find(
        'whiteout-with-entry',
        entry,
        'the layer has both a whiteout and an entry of this path or its parent; loaders differ',
      );
    }
  }

  /** Whether the layer hides neither a directory nor one above it. All markers are applied, so that it stays so. */
  #isClear(directory: number): boolean {
    if (this.#clearDirectories[directory] === 1) return true;
    const hiddenIn = this.#state.hiddenIn.values;
    let node = this.#nodeOfDirectory(directory);
    while (node > ROOT && hiddenIn[node] !== this.#layer + 1) node = this.#nodes.parentOf(node);
    if (node > ROOT) return false;
    this.#clearDirectories[directory] = 1;
    return true;
  }

  /** Records whether a path other than a directory existed before this layer. */
  #touch(node: number): void {
    const state = this.#state;
    const nodes = this.#nodes;
    state.ensure(nodes.count);
    if (state.touchedIn.values[node] === this.#layer + 1) return;
    state.touchedIn.values[node] = this.#layer + 1;
    state.existed.values[node] = nodes.isLive(node) && nodes.kindOf(node) !== Kind.directory ? 1 : 0;
    this.#touched.add(node);
  }

  /** Removes one name of the node's inode. Returns the index of the waste that this makes, or NONE. */
  #release(node: number, cause: WasteCause): number {
    const layer = this.#nodes.layerOf(node);
    if (layer === NONE) return NONE;
    const entry = this.#nodes.entryOf(node);
    const counts = this.#names[layer];
    if (counts === undefined) return NONE;
    const left = (counts[entry] ?? 1) - 1;
    counts[entry] = left;
    if (left > 0 || this.#nodes.kindOf(node) !== Kind.file) return NONE;
    // A content that its own layer makes unreachable is always a duplicate entry.
    const own = layer === this.#layer;
    return this.#waste.add({
      layer,
      entry,
      unreachableFrom: this.#layer,
      cause: own ? 'duplicate-entry' : cause,
    });
  }

  /** Removes all nodes below `top`, deepest first. Does not recurse, because the archive chooses the depth. */
  #clear(top: number, cause: WasteCause): void {
    const nodes = this.#nodes;
    let node = nodes.firstChild(top);
    while (node !== NONE && node !== top) {
      const child = nodes.firstChild(node);
      if (child !== NONE) {
        node = child;
        continue;
      }
      const parent = nodes.parentOf(node);
      const sibling = nodes.nextSibling(node);
      this.#touch(node);
      this.#release(node, cause);
      nodes.remove(node, this.#layer);
      node = sibling !== NONE ? sibling : parent;
    }
  }

  /** Makes a node and all its ancestors live directories. */
  #makeDirectory(directory: number, entry: number): void {
    const nodes = this.#nodes;
    if (nodes.isLiveDirectory(directory)) return;
    const chain: number[] = [];
    for (let node = directory; !nodes.isLiveDirectory(node); node = nodes.parentOf(node)) chain.push(node);
    for (let i = chain.length - 1; i >= 0; i--) {
      const node = chain[i] ?? ROOT;
      this.#touch(node);
      if (nodes.isLive(node)) {
        this.#find(
          'parent-not-directory',
          entry,
          'a parent of this entry is not a directory in the layers below; it becomes one',
        );
        this.#release(node, 'replaced');
      }
      nodes.place(node, this.#layer, Kind.directory, NONE, NONE);
    }
  }

  #nodeOfEntry(entry: number): number {
    const { parent, nameStart, nameLength, names } = this.#changeset;
    const directory = this.#nodeOfDirectory(parent[entry] ?? 0);
    const start = nameStart[entry] ?? 0;
    const length = nameLength[entry] ?? 0;
    return length === 0 ? directory : this.#nodes.child(directory, this.#layer, names, start, start + length);
  }

  #nodeOfDirectory(directory: number): number {
    const known = this.#directoryNodes;
    const first = known[directory] ?? ROOT;
    if (first !== NONE) return first;
    const { dirParent, dirNameStart, dirNameLength, names } = this.#changeset;
    const chain: number[] = [];
    let nearest = directory;
    while (known[nearest] === NONE) {
      chain.push(nearest);
      nearest = dirParent[nearest] ?? 0;
    }
    let node = known[nearest] ?? ROOT;
    for (let i = chain.length - 1; i >= 0; i--) {
      const id = chain[i] ?? 0;
      const start = dirNameStart[id] ?? 0;
      node = this.#nodes.child(node, this.#layer, names, start, start + (dirNameLength[id] ?? 0));
      known[id] = node;
    }
    return node;
  }
}
