import { Kind, NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { createNameWalk } from '../plan/name-walk.js';
import { Action, createPlanBuilder, type PlanBuilder, type TreePlan } from '../plan/tree-plan.js';

/** Which layer each path belongs to. */
export interface Division {
  /** The number of layers. */
  readonly layers: number;
  /** Returns the layer of a live node without children; NONE for one that a lower, kept layer has. */
  readonly layerOf: (node: number) => number;
  /** The uppermost layer of each group of layers of the image, which has the times of directories. The last is the last layer. */
  readonly closing: readonly number[];
  /** Returns the group of a layer of the image. */
  readonly groupOf: (layer: number) => number;
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
 * attributes, because runtimes create missing ones with default attributes. The time of a directory, which changes with
 * any change in it, is only in the closing layer of the uppermost group that has the directory, so that the layers of other
 * groups, and those below, do not change with it.
 */
export function planLayers(union: Union, division: Division): DividedPlans {
  const { layerOf, isNewDirectory, hidden } = division;
  const { nodes } = union;
  const walked = Int32Array.from(walkNodes(union, ROOT));
  const { lowest, closing } = directoryLayers(union, walked, division);
  const isRepeated = new Uint8Array(nodes.count);
  const whiteouts = planWhiteouts(union, hidden, isRepeated);
  const writers = Array.from(
    { length: division.layers },
    (_, layer) => new LayerWriter(union, (node) => (closing[node] === layer ? Action.create : Action.parent)),
  );
  const inodes = new Map<string, number>();
  // Parents precede children, so the attributes of a directory are those of the last layer that has it.
  if (hasTime(ROOT)) writerOf(ROOT)?.addDirectory(ROOT);
  for (const node of walked) {
    const isDirectory = nodes.kindOf(node) === Kind.directory;
    if (!isDirectory || nodes.firstChild(node) === NONE) addNode(node, layerOf(node));
    if (isDirectory && hasTime(node)) writerOf(node)?.addDirectory(node);
  }
  return { whiteouts, layers: writers.map((writer) => writer.finish()) };

  function writerOf(directory: number): LayerWriter | undefined {
    return writers[closing[directory] ?? NONE];
  }

  function addNode(node: number, layer: number): void {
    if (layer === NONE) return;
    const [inLayer, entry] = [nodes.layerOf(node), nodes.entryOf(node)];
    const isLinked = nodes.kindOf(node) !== Kind.directory && (union.names[inLayer]?.[entry] ?? 0) > 1;
    const inode = isLinked ? `${inLayer} ${entry}` : null;
    const target = inode === null ? undefined : inodes.get(inode);
    if (inode !== null && target === undefined) inodes.set(inode, node);
    if (nodes.kindOf(node) === Kind.directory) writers[layer]?.addDirectory(node);
    else writers[layer]?.add(node, target === undefined ? Action.create : Action.hardlink, target ?? NONE);
  }

  /** Whether a closing layer must have a directory: another has it without its time, or a kept one with other attributes. */
  function hasTime(node: number): boolean {
    if (nodes.layerOf(node) === NONE) return false;
    const repeated = isRepeated[node] === 1 || (lowest[node] ?? 0) < (closing[node] ?? 0);
    if (isNewDirectory(node)) return !repeated || !isTimeless(node);
    return repeated && !isTimeless(node);
  }

  function isTimeless(node: number): boolean {
    const changeset = union.layers[nodes.layerOf(node)];
    const entry = nodes.entryOf(node);
    return (changeset?.mtime[entry] ?? 0) === 0 && (changeset?.mtimeNs?.[entry] ?? 0) === 0;
  }
}

/** The layers that have directories. */
interface DirectoryLayers {
  /** For each node, the lowest layer with something below it, or more than any if there is none. */
  readonly lowest: Int32Array;
  /** For each directory, the layer that has its time. */
  readonly closing: Int32Array;
}

/** Finds the layers that have directories, from the nodes below the root, parents first. */
function directoryLayers(
  { nodes }: Union,
  walked: Int32Array,
  { layers, layerOf, closing, groupOf, isNewDirectory }: Division,
): DirectoryLayers {
  const lowest = new Int32Array(nodes.count).fill(layers);
  const highest = new Int32Array(nodes.count).fill(NONE);
  const close = new Int32Array(nodes.count).fill(NONE);
  const closeDirectory = (node: number): void => {
    const own = nodes.layerOf(node);
    const least = isNewDirectory(node) && own !== NONE ? (closing[groupOf(own)] ?? 0) : 0;
    const above = Math.max(highest[node] ?? NONE, least);
    close[node] = closing.find((layer) => layer >= above) ?? layers - 1;
  };
  for (let i = walked.length - 1; i >= 0; i--) {
    const node = walked[i] ?? ROOT;
    const isDirectory = nodes.kindOf(node) === Kind.directory;
    if (!isDirectory || nodes.firstChild(node) === NONE) {
      const layer = layerOf(node);
      highest[node] = layer;
      if (layer !== NONE) lowest[node] = layer;
    }
    if (isDirectory) closeDirectory(node);
    const parent = nodes.parentOf(node);
    lowest[parent] = Math.min(lowest[parent] ?? layers, lowest[node] ?? layers);
    highest[parent] = Math.max(highest[parent] ?? NONE, highest[node] ?? NONE);
  }
  closeDirectory(ROOT);
  return { lowest, closing: close };
}

/**
 * Plans a layer that hides paths of kept layers.
 *
 * @param isRepeated is set to 1 for each directory that it has
 */
function planWhiteouts(union: Union, hidden: readonly number[], isRepeated: Uint8Array): TreePlan {
  const isHidden = new Set(hidden);
  const writer = new LayerWriter(union, (node) => {
    isRepeated[node] = 1;
    return Action.parent;
  });
  createNameWalk(union.nodes)(Int32Array.from(hidden), (node) => {
    if (isHidden.has(node)) writer.add(node, Action.whiteout, NONE);
    return !isHidden.has(node);
  });
  return writer.finish();
}

/** Writes the plan of one layer, whose paths come in the order of a walk. */
class LayerWriter {
  readonly #union: Union;
  readonly #actionOf: (directory: number) => Action;
  readonly #builder: PlanBuilder = createPlanBuilder();
  /** The directories above the last path that this layer has, the uppermost first. */
  #open: number[] = [];

  /** @param actionOf returns whether the layer has a directory with its time */
  constructor(union: Union, actionOf: (directory: number) => Action) {
    this.#union = union;
    this.#actionOf = actionOf;
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
    this.#write(node, this.#actionOf(node), NONE);
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
