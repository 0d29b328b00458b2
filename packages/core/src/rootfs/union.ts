import { type Changeset, linkTargetOf, pathOf } from './changeset.js';
import { createFindingList, type LayerFinding, type LayerFindingCode } from './finding.js';
import { Kind } from './kind.js';
import { createNodeState, type NodeState } from './node-state.js';
import { createNodeTable, NONE, type NodeTable, ROOT } from './node-table.js';
import { splitPath } from './path.js';
import { createWasteList, type WasteCause, type WasteList } from './waste-list.js';

/** A regular file that took the path of one of the same size: the same bytes stored again, or others? */
export interface CopyCandidate {
  readonly oldLayer: number;
  readonly oldEntry: number;
  readonly newLayer: number;
  readonly newEntry: number;
  /** The layer whose entry took the path. */
  readonly layer: number;
  /** Index in the waste list of the old content, or NONE where another name still reaches it. */
  readonly waste: number;
}

/** What a layer did to the paths, directories aside, that the layers below left. */
export interface LayerChanges {
  added: number;
  modified: number;
  deleted: number;
  readonly findings: readonly LayerFinding[];
}

/** The layers merged: the tree, how many names each content has, and what became unreachable on the way. */
export interface Union {
  readonly layers: readonly Changeset[];
  readonly nodes: NodeTable;
  /** For each layer, for each entry, how many live paths it is behind. */
  readonly names: readonly Uint32Array[];
  readonly changes: readonly LayerChanges[];
  readonly waste: WasteList;
  readonly candidates: readonly CopyCandidate[];
}

/**
 * Applies changesets, lowest first, to an empty root: OCI image-spec layer.md "Applying Changesets", with
 * overlay's answer where the specification is silent. Pure; every oddity becomes a finding of its layer.
 *
 * @param base the union of the first of these layers, to go on from; it stays as it is. Nodes that it has stand for
 *   the same paths in the result
 */
export function uniteLayers(layers: readonly Changeset[], base: Union | null = null): Union {
  const done = base?.layers.length ?? 0;
  const nodes = base === null ? createNodeTable(layers) : base.nodes.fork(layers);
  const names = layers.map((layer, i) => base?.names[i]?.slice() ?? new Uint32Array(layer.count));
  const waste = createWasteList();
  for (let i = 0; i < (base?.waste.count ?? 0); i++) {
    const wasted = base?.waste.at(i);
    if (wasted !== undefined) waste.add(wasted);
  }
  const candidates: CopyCandidate[] = [...(base?.candidates ?? [])];
  const tracks = createNodeState();
  const changes = layers
    .slice(done)
    .map((changeset, i) =>
      applyLayer({ changeset, layer: done + i, nodes, names, waste, candidates, tracks, layers }),
    );
  return { layers, nodes, names, changes: [...(base?.changes ?? []), ...changes], waste, candidates };
}

interface Application {
  readonly changeset: Changeset;
  readonly layer: number;
  readonly layers: readonly Changeset[];
  readonly nodes: NodeTable;
  readonly names: readonly Uint32Array[];
  readonly waste: WasteList;
  readonly candidates: CopyCandidate[];
  readonly tracks: NodeState;
}

function applyLayer(application: Application): LayerChanges {
  const { changeset, layer, layers, nodes, names, waste, candidates, tracks } = application;
  const findings = createFindingList();
  const directoryNodes = new Int32Array(changeset.dirParent.length).fill(NONE);
  directoryNodes[0] = ROOT;
  const touched: number[] = [];
  const lateLinks: number[] = [];
  let markers = 0;

  const find = (code: LayerFindingCode, entry: number, message: string): void => {
    const path = pathOf(changeset, entry).toString('utf8');
    findings.add({ code, path, offset: changeset.headerOffset[entry] ?? null, message });
  };

  const touch = (node: number): void => {
    tracks.ensure(nodes.count);
    if (tracks.touchedIn.values[node] === layer + 1) return;
    tracks.touchedIn.values[node] = layer + 1;
    tracks.before.values[node] = nodes.isLive(node) && nodes.kindOf(node) !== Kind.directory ? 1 : 0;
    touched.push(node);
  };

  /** Takes one name from the node's inode; returns the index of the waste that this makes, or NONE. */
  const release = (node: number, cause: WasteCause): number => {
    const inLayer = nodes.layerOf(node);
    const entry = nodes.entryOf(node);
    if (inLayer === NONE) return NONE;
    const counts = names[inLayer];
    if (counts === undefined) return NONE;
    const left = (counts[entry] ?? 1) - 1;
    counts[entry] = left;
    if (left > 0 || nodes.kindOf(node) !== Kind.file) return NONE;
    // Stored and lost within one layer: whatever took the path, the layer held it for nothing.
    const why = inLayer === layer ? 'duplicate-entry' : cause;
    return waste.add({ layer: inLayer, entry, unreachableFrom: layer, cause: why });
  };

  /** Removes what stands below a node, deepest first, without recursion: depth is the archive's choice. */
  const clear = (top: number, cause: WasteCause): void => {
    let node = nodes.firstChild(top);
    while (node !== NONE && node !== top) {
      const below = nodes.firstChild(node);
      if (below !== NONE) {
        node = below;
        continue;
      }
      const up = nodes.parentOf(node);
      const beside = nodes.nextSibling(node);
      touch(node);
      release(node, cause);
      nodes.remove(node, layer);
      node = beside !== NONE ? beside : up;
    }
  };

  const nodeOfDirectory = (directory: number): number => {
    const chain: number[] = [];
    let at = directory;
    while (directoryNodes[at] === NONE) {
      chain.push(at);
      at = changeset.dirParent[at] ?? 0;
    }
    let node = directoryNodes[at] ?? ROOT;
    for (let i = chain.length - 1; i >= 0; i--) {
      const id = chain[i] ?? 0;
      const start = changeset.dirNameStart[id] ?? 0;
      node = nodes.child(node, layer, changeset.names, start, start + (changeset.dirNameLength[id] ?? 0));
      directoryNodes[id] = node;
    }
    return node;
  };

  const nodeOfEntry = (entry: number): number => {
    const parent = nodeOfDirectory(changeset.parent[entry] ?? 0);
    const start = changeset.nameStart[entry] ?? 0;
    const length = changeset.nameLength[entry] ?? 0;
    return length === 0 ? parent : nodes.child(parent, layer, changeset.names, start, start + length);
  };

  const hide = (entry: number): void => {
    markers++;
    const node = nodeOfEntry(entry);
    tracks.ensure(nodes.count);
    if (changeset.kind[entry] === Kind.opaque) {
      if (nodes.isLiveDirectory(node)) clear(node, 'deleted');
      return;
    }
    if (nodes.isLive(node)) {
      clear(node, 'deleted');
      touch(node);
      release(node, 'deleted');
      nodes.remove(node, layer);
    } else if (tracks.touchedIn.values[node] !== layer + 1) {
      find('whiteout-of-nothing', entry, 'a whiteout names what no lower layer has');
    }
    tracks.hiddenIn.values[node] = layer + 1;
    tracks.hiddenBy.values[node] = entry;
  };

  /** Makes the node and all above it live directories, as a path through them asks. */
  const makeDirectory = (directory: number, entry: number): void => {
    if (nodes.isLiveDirectory(directory)) return;
    const chain: number[] = [];
    for (let node = directory; !nodes.isLiveDirectory(node); node = nodes.parentOf(node)) chain.push(node);
    for (let i = chain.length - 1; i >= 0; i--) {
      const node = chain[i] ?? ROOT;
      touch(node);
      if (nodes.isLive(node)) {
        find('parent-not-directory', entry, 'a parent of this entry is no directory below; it becomes one');
        release(node, 'replaced');
      }
      nodes.place(node, layer, Kind.directory, NONE, NONE);
    }
  };

  /** Loaders differ where an entry comes before its own whiteout, and where a directory comes after it. */
  const warnOfMarker = (entry: number, node: number, kind: number): void => {
    for (let at = node; at > ROOT; at = nodes.parentOf(at)) {
      if (tracks.hiddenIn.values[at] !== layer + 1) continue;
      const isDirectory = at !== node || kind === Kind.directory;
      if (!isDirectory && entry > (tracks.hiddenBy.values[at] ?? 0)) continue;
      tracks.hiddenIn.values[at] = 0;
      find(
        'whiteout-with-entry',
        entry,
        'the layer whites out this path or its parent and has it too; loaders differ',
      );
    }
  };

  /** Gives the path of `entry` the inode `inEntry` of `inLayer`, and lets go of what was there. */
  const placeEntry = (entry: number, kind: number, inLayer: number, inEntry: number): void => {
    const node = nodeOfEntry(entry);
    tracks.ensure(nodes.count);
    // Counted first: making way for a link may take its target's last other name.
    const counts = names[inLayer];
    if (counts !== undefined) counts[inEntry] = (counts[inEntry] ?? 0) + 1;
    if (node !== ROOT) makeDirectory(nodes.parentOf(node), entry);
    if (markers > 0) warnOfMarker(entry, node, kind);
    touch(node);
    if (nodes.isLive(node)) {
      const mine = nodes.placedIn(node) === layer;
      if (mine && nodes.layerOf(node) !== NONE) {
        find(
          'duplicate-entry',
          entry,
          'the layer has this path twice: the last entry wins; Docker refuses the layer',
        );
      }
      const oldKind = nodes.kindOf(node);
      if (oldKind === Kind.directory && kind !== Kind.directory) clear(node, 'replaced');
      const oldLayer = nodes.layerOf(node);
      const oldEntry = nodes.entryOf(node);
      const fileOverFile = oldKind === Kind.file && kind === Kind.file;
      const index = release(node, fileOverFile ? 'overwritten' : 'replaced');
      const other = oldLayer !== inLayer || oldEntry !== inEntry;
      const sameSize = layers[oldLayer]?.size[oldEntry] === layers[inLayer]?.size[inEntry];
      if (fileOverFile && other && !mine && sameSize) {
        candidates.push({ oldLayer, oldEntry, newLayer: inLayer, newEntry: inEntry, layer, waste: index });
      }
    }
    nodes.place(node, layer, kind, inLayer, inEntry);
  };

  /** The live node that a hard link names, or NONE. Symlinks on the way are not followed. */
  const targetOf = (entry: number): number => {
    const target = linkTargetOf(changeset, entry);
    const parts: number[] = [];
    const depth = splitPath(target, parts);
    if (typeof depth === 'string') return NONE;
    let node = ROOT;
    for (let i = 0; i < depth && node !== NONE; i++) {
      node = nodes.find(node, target, parts[i * 2] ?? 0, parts[i * 2 + 1] ?? 0);
    }
    return node !== NONE && nodes.isLive(node) ? node : NONE;
  };

  const link = (entry: number, late: boolean): void => {
    const target = targetOf(entry);
    if (target === NONE) {
      if (late) find('dangling-link', entry, 'the target of a hard link is nowhere; the link is ignored');
      else lateLinks.push(entry);
      return;
    }
    if (nodes.kindOf(target) === Kind.directory) {
      find('link-to-directory', entry, 'a hard link to a directory is ignored');
      return;
    }
    if (late)
      find('link-before-target', entry, 'a hard link stands before its target; Docker refuses the layer');
    else if (nodes.placedIn(target) !== layer) {
      find(
        'link-to-lower-layer',
        entry,
        'a hard link names a path of a lower layer; Docker refuses the layer',
      );
    }
    // The node may be the link's own path: keep the inode before it is let go.
    placeEntry(entry, nodes.kindOf(target), nodes.layerOf(target), nodes.entryOf(target));
  };

  const { kind, count } = changeset;
  for (let entry = 0; entry < count; entry++) {
    if (kind[entry] === Kind.whiteout || kind[entry] === Kind.opaque) hide(entry);
  }
  for (let entry = 0; entry < count; entry++) {
    const what = kind[entry] ?? Kind.ignored;
    if (what === Kind.link) link(entry, false);
    else if (what !== Kind.ignored && what !== Kind.whiteout && what !== Kind.opaque) {
      placeEntry(entry, what, layer, entry);
    }
  }
  for (const entry of lateLinks) link(entry, true);

  const result = { added: 0, modified: 0, deleted: 0, findings: findings.list() };
  for (const node of touched) {
    const before = tracks.before.values[node] === 1;
    const after = nodes.isLive(node) && nodes.kindOf(node) !== Kind.directory;
    if (before && after) result.modified++;
    else if (after) result.added++;
    else if (before) result.deleted++;
  }
  return result;
}
