import { Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import { directoryNodes, findOwnNodes } from './own-nodes.js';
import { Action, createPlanBuilder, type PlanBuilder, type TreePlan } from './tree-plan.js';

export interface Distribution {
  /** Returns the plan of a live node, or NONE. Either all names of an inode have plans, or none has. */
  readonly planOf: (node: number) => number;
  /** The number of plans. */
  readonly plans: number;
  /** Nodes that get a whiteout in the first plan. */
  readonly hidden?: readonly number[];
  /** Keep the headers of a directory in all layers that have one, not only in the last. Plan N is that of layer N. */
  readonly keepsDirectories?: boolean;
  /** Create new headers for layers whose names have another form than `etc/passwd`, such as `./etc/passwd`. */
  readonly plainNames?: boolean;
}

/**
 * Distributes the live nodes of a union to plans, each of which becomes a tar. An entry at its own path is copied. A
 * content whose own path is gone becomes the file at the first of its other names; the rest are hard links to it.
 */
export function distribute(union: Union, distribution: Distribution): TreePlan[] {
  const { planOf, plans, hidden = [], keepsDirectories = false, plainNames = false } = distribution;
  const { nodes, layers } = union;
  const names = findOwnNodes(union);
  const builders = Array.from({ length: plans }, () => createPlanBuilder());
  const done = new Uint8Array(nodes.count);
  const describedIn = keepsDirectories ? new Int32Array(nodes.count).fill(NONE) : null;

  const add = (node: number, action: Action, target = NONE): void => {
    const builder = builders[planOf(node)];
    if (builder === undefined || done[node] === 1) return;
    done[node] = 1;
    addParents(builder, node);
    builder.add(node, action, nodes.layerOf(node), nodes.entryOf(node), target);
  };

  /** Adds the missing parent directories of the same plan, topmost first. */
  const addParents = (builder: PlanBuilder, node: number): void => {
    const chain: number[] = [];
    for (let at = nodes.parentOf(node); at >= ROOT; at = nodes.parentOf(at)) {
      if (done[at] === 1 || builders[planOf(at)] !== builder) continue;
      done[at] = 1;
      chain.push(at);
    }
    for (const at of chain.reverse())
      builder.add(at, Action.create, nodes.layerOf(at), nodes.entryOf(at), NONE);
  };

  for (const node of hidden) {
    const builder = builders[0];
    if (builder === undefined) continue;
    addParents(builder, node);
    builder.add(node, Action.whiteout, NONE, NONE, NONE);
  }
  layers.forEach((changeset, layer) => {
    const own = names.own[layer];
    const others = names.others[layer];
    const isKept = changeset.isSelfContained && (changeset.plainNames || !plainNames);
    const keep = isKept ? Action.copy : Action.create;
    const directories = keepsDirectories ? directoryNodes(union, changeset) : null;
    for (let entry = 0; entry < changeset.count; entry++) {
      const node = own?.[entry] ?? NONE;
      const more = others?.[entry] ?? NONE;
      if (node === NONE && more === NONE) {
        if (directories !== null) keepDirectory(layer, entry, directories, keep);
        continue;
      }
      const primaryName = more === NONE ? node : primaryNameOf(node, more);
      add(primaryName, primaryName === node ? keep : Action.create);
      if (node !== NONE) add(node, Action.hardlink, primaryName);
      for (let at = more; at !== NONE; at = names.next[at] ?? NONE) add(at, Action.hardlink, primaryName);
    }
  });
  // Directories without an entry, which exist because a file in them did.
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (nodes.isLive(node) && nodes.layerOf(node) === NONE) add(node, Action.create);
  }
  return builders.map((builder) => builder.finish());

  /**
   * Returns the name of an inode that becomes the file: in the first of their plans, because a link cannot precede its
   * target; there the path of the entry, else the name that was placed first.
   */
  function primaryNameOf(own: number, more: number): number {
    let best = own === NONE ? more : own;
    for (let at = more; at !== NONE; at = names.next[at] ?? NONE) {
      const order =
        planOf(at) - planOf(best) || (best === own ? 0 : nodes.placedIn(at) - nodes.placedIn(best));
      if (order < 0) best = at;
    }
    return best;
  }

  function keepDirectory(layer: number, entry: number, directories: Int32Array, keep: Action): void {
    const changeset = layers[layer];
    if (changeset === undefined || changeset.kind[entry] !== Kind.directory) return;
    const above = directories[changeset.parent[entry] ?? 0] ?? NONE;
    const start = changeset.nameStart[entry] ?? 0;
    const length = changeset.nameLength[entry] ?? 0;
    const node =
      length === 0 || above === NONE ? above : nodes.find(above, changeset.names, start, start + length);
    if (node === NONE || !nodes.isLiveDirectory(node)) return;
    // Only if a later layer has the directory too: otherwise this header would decide its attributes.
    if (nodes.layerOf(node) <= layer || describedIn === null || describedIn[node] === layer) return;
    describedIn[node] = layer;
    builders[layer]?.add(node, keep, layer, entry, NONE);
  }
}
