import { Kind, NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { createNameWalk } from '../plan/name-walk.js';
import { Action, createPlanBuilder, type PlanBuilder, type TreePlan } from '../plan/tree-plan.js';

/** Which layer each path belongs to. */
export interface Division {
  /** The number of layers. */
  readonly layers: number;
  /** Returns the layer of a live node without children; NONE for one that a lower, kept layer has. */
  readonly layerOf: (node: number) => number;
  /** Whether a directory has an entry above the kept layers. */
  readonly isNewDirectory: (node: number) => boolean;
  /** Paths of kept layers that are deleted. */
  readonly hidden: readonly number[];
}

export interface DividedPlans {
  /** The whiteouts of the deleted paths, for a layer below the others. */
  readonly whiteouts: TreePlan;
  readonly layers: readonly TreePlan[];
}

/**
 * Plans layers, each in the order of paths. Each repeats the directories above its entries with mode, owner and extended
 * attributes, because runtimes create missing ones with default attributes. The times of directories, which change with
 * any change in them, are only in the last layer, so that the others do not change with them.
 */
export function planLayers(
  union: Union,
  { layers, layerOf, isNewDirectory, hidden }: Division,
): DividedPlans {
  const { nodes } = union;
  const last = layers - 1;
  const repeated = new Uint8Array(nodes.count);
  const writers = Array.from(
    { length: layers },
    (_, layer) => new LayerWriter(union, layer === last ? Action.create : Action.parent, repeated),
  );
  const whiteouts = planWhiteouts(union, hidden, repeated);
  const inodes = new Map<string, number>();
  const isEmpty = (node: number): boolean => nodes.firstChild(node) === NONE;
  for (const node of walkNodes(union, ROOT)) {
    const isDirectory = nodes.kindOf(node) === Kind.directory;
    if (isDirectory && !isEmpty(node)) continue;
    const layer = layerOf(node);
    // The last layer is written when all directories are known that others have.
    if (layer === last || layer === NONE) continue;
    addNode(node, layer);
  }
  // Parents precede children, so the attributes of a directory are those of the last layer that has it.
  if (hasTime(ROOT)) writers[last]?.addDirectory(ROOT);
  for (const node of walkNodes(union, ROOT)) {
    const isDirectory = nodes.kindOf(node) === Kind.directory;
    if (!isDirectory || isEmpty(node)) {
      const layer = layerOf(node);
      if (layer === last) addNode(node, last);
      else if (isDirectory && hasTime(node)) writers[last]?.addDirectory(node);
    } else if (hasTime(node)) writers[last]?.addDirectory(node);
  }
  return { whiteouts, layers: writers.map((writer) => writer.finish()) };

  function addNode(node: number, layer: number): void {
    const [inLayer, entry] = [nodes.layerOf(node), nodes.entryOf(node)];
    const isLinked = nodes.kindOf(node) !== Kind.directory && (union.names[inLayer]?.[entry] ?? 0) > 1;
    const inode = isLinked ? `${inLayer} ${entry}` : null;
    const target = inode === null ? undefined : inodes.get(inode);
    if (inode !== null && target === undefined) inodes.set(inode, node);
    if (nodes.kindOf(node) === Kind.directory) writers[layer]?.addDirectory(node);
    else writers[layer]?.add(node, target === undefined ? Action.create : Action.hardlink, target ?? NONE);
  }

  /** Whether the last layer must have a directory: another layer has it without its time, or a kept one with other attributes. */
  function hasTime(node: number): boolean {
    if (nodes.layerOf(node) === NONE) return false;
    if (isNewDirectory(node)) return repeated[node] === 0 || !isTimeless(node);
    return repeated[node] === 1 && !isTimeless(node);
  }

  function isTimeless(node: number): boolean {
    const changeset = union.layers[nodes.layerOf(node)];
    const entry = nodes.entryOf(node);
    return (changeset?.mtime[entry] ?? 0) === 0 && (changeset?.mtimeNs?.[entry] ?? 0) === 0;
  }
}

/** Plans a layer that hides paths of kept layers. */
function planWhiteouts(union: Union, hidden: readonly number[], repeated: Uint8Array): TreePlan {
  const isHidden = new Set(hidden);
  const writer = new LayerWriter(union, Action.parent, repeated);
  createNameWalk(union.nodes)(Int32Array.from(hidden), (node) => {
    if (isHidden.has(node)) writer.add(node, Action.whiteout, NONE);
    return !isHidden.has(node);
  });
  return writer.finish();
}

/** Writes the plan of one layer, whose paths come in the order of a walk. */
class LayerWriter {
  readonly #union: Union;
  readonly #directory: Action;
  readonly #repeated: Uint8Array;
  readonly #builder: PlanBuilder = createPlanBuilder();
  /** The directories above the last path that this layer has, the uppermost first. */
  #open: number[] = [];

  /** @param repeated is set to 1 for each directory that a layer has without its time */
  constructor(union: Union, directory: Action, repeated: Uint8Array) {
    this.#union = union;
    this.#directory = directory;
    this.#repeated = repeated;
  }

  add(node: number, action: Action, target: number): void {
    this.#addParents(node);
    this.#write(node, action, target);
  }

  addDirectory(node: number): void {
    if (this.#open.includes(node)) return;
    this.#addParents(node);
    this.#writeDirectory(node);
    this.#open.push(node);
  }

  finish(): TreePlan {
    return this.#builder.finish();
  }

  #addParents(node: number): void {
    const { nodes } = this.#union;
    const parent = nodes.parentOf(node);
    if (parent === NONE || this.#open.at(-1) === parent) return;
    const chain: number[] = [];
    for (let at = parent; at !== NONE; at = nodes.parentOf(at)) chain.push(at);
    chain.reverse();
    let shared = 0;
    while (shared < chain.length && chain[shared] === this.#open[shared]) shared++;
    for (const directory of chain.slice(shared)) this.#writeDirectory(directory);
    this.#open = chain;
  }

  #writeDirectory(node: number): void {
    // A root without an entry has the attributes that runtimes give it.
    if (node === ROOT && this.#union.nodes.layerOf(ROOT) === NONE) return;
    if (this.#directory === Action.parent) this.#repeated[node] = 1;
    this.#write(node, this.#directory, NONE);
  }

  #write(node: number, action: Action, target: number): void {
    const { nodes } = this.#union;
    const hasEntry = action !== Action.whiteout;
    this.#builder.add(
      node,
      action,
      hasEntry ? nodes.layerOf(node) : NONE,
      hasEntry ? nodes.entryOf(node) : NONE,
      target,
    );
  }
}
