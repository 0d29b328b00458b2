import { Kind, NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { createNameWalk } from '../plan/name-walk.js';
import { Action, createPlanBuilder, type PlanBuilder, type TreePlan } from '../plan/tree-plan.js';
import { type LayerEntry, replacedEntries } from './directory-entries.js';
import { closingDirectories, entriesAfter, groupsWithRoot } from './directory-layers.js';
import type { Division } from './division.js';

export interface DividedPlans {
  /** The whiteouts of the deleted paths, for a layer below the others. */
  readonly whiteouts: TreePlan;
  readonly layers: readonly TreePlan[];
}

/**
 * Plans layers, each in the order of paths. Each repeats the directories above its entries with mode, owner and extended
 * attributes, because runtimes create missing ones with default attributes: those that the directory had after the layers
 * of its group. The time of a directory, which changes with any change in it, is only in the closing layers: of each group
 * with an entry for the directory, and of the uppermost one with something below it. So no layer depends on the groups above.
 * The root is as `groupsWithRoot` says.
 */
export function planLayers(union: Union, division: Division): DividedPlans {
  const { layerOf, closing, hidden } = division;
  const { nodes } = union;
  const walked = Int32Array.from(walkNodes(union, ROOT));
  const replaced = replacedEntries(union);
  const entryAfter = entriesAfter(union, replaced, division);
  const withRoot = groupsWithRoot(union, replaced, division);
  const inWhiteouts = new Uint8Array(nodes.count);
  const whiteouts = planWhiteouts(union, hidden, (node) => {
    if (node === ROOT) return null;
    inWhiteouts[node] = 1;
    return { ...entryAfter(node, NONE), action: Action.parent };
  });
  const { closes, isNeeded } = closingDirectories(union, walked, division, {
    replaced,
    entryAfter,
    withRoot,
    isRepeated: (node) => inWhiteouts[node] === 1,
  });
  const writers = Array.from({ length: division.layers }, (_, layer) => {
    const group = closing.findIndex((last) => layer <= last);
    const isClosing = closing[group] === layer;
    return new LayerWriter(union, (node) => {
      if (node === ROOT && !withRoot.has(group)) return null;
      const action = isClosing && closes(node, group) ? Action.create : Action.parent;
      return { ...entryAfter(node, group), action };
    });
  });
  const inodes = new Map<string, number>();
  // Parents precede children, so the attributes of a directory are those of the last layer that has it.
  addTimes(ROOT);
  for (const node of walked) {
    const isDirectory = nodes.kindOf(node) === Kind.directory;
    if (!isDirectory || nodes.firstChild(node) === NONE) addNode(node, layerOf(node));
    if (isDirectory) addTimes(node);
  }
  return { whiteouts, layers: writers.map((writer) => writer.finish()) };

  function addTimes(directory: number): void {
    for (const [group, layer] of closing.entries())
      if (isNeeded(directory, group)) writers[layer]?.addDirectory(directory);
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
}

/**
 * Plans a layer that hides paths of kept layers.
 *
 * @param sourceOf is called with each directory above them
 */
function planWhiteouts(union: Union, hidden: readonly number[], sourceOf: SourceOf): TreePlan {
  const isHidden = new Set(hidden);
  const writer = new LayerWriter(union, sourceOf);
  createNameWalk(union.nodes)(Int32Array.from(hidden), (node) => {
    if (isHidden.has(node)) writer.add(node, Action.whiteout, NONE);
    return !isHidden.has(node);
  });
  return writer.finish();
}

/** How a layer has a directory: with or without its time, and with the attributes of an entry. */
interface DirectorySource extends LayerEntry {
  readonly action: Action;
}

/** Returns null for a root that the layer does not have. */
type SourceOf = (directory: number) => DirectorySource | null;

/** Writes the plan of one layer, whose paths come in the order of a walk. */
class LayerWriter {
  readonly #union: Union;
  readonly #sourceOf: SourceOf;
  readonly #builder: PlanBuilder = createPlanBuilder();
  /** The directories above the last path that this layer has, the uppermost first. */
  #open: number[] = [];

  constructor(union: Union, sourceOf: SourceOf) {
    this.#union = union;
    this.#sourceOf = sourceOf;
  }

  add(node: number, action: Action, target: number): void {
    this.#addParents(node);
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
    const source = this.#sourceOf(node);
    if (source !== null) this.#builder.add(node, source.action, source.layer, source.entry, NONE);
  }
}
