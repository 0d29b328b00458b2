import { nodePath, ROOT } from '@layers/core/rootfs';
import { STEP } from './changes.js';
import { nameTest } from './filter.js';
import type { PathIndex } from './path-index.js';
import type { Tree } from './tree.js';

/** Flags of nodes: whether it matches, and whether something in it does. */
const MATCHES = 1;
const CONTAINS = 2;

/**
 * Returns the nodes of a tree whose names match a word, in the order of the tree with all directories expanded. Yields often.
 * Throws as `createPathMatcher` does.
 */
export function* findNodes(index: PathIndex, tree: Tree, word: string): Generator<undefined, Int32Array> {
  const { count, events } = index;
  const { shown } = tree.totals;
  const test = nameTest(word);
  const state = new Uint8Array(count);
  let found = 0;
  for (let node = ROOT + 1; node < count; node++) {
    if (node % STEP === 0) yield;
    if (shown[node] === 0) continue;
    const name = Buffer.from(index.nameOf(node)).toString('utf8');
    const path = () => Buffer.from(nodePath(events.union, node)).toString('utf8');
    if (!test(name, path)) continue;
    found++;
    state[node] = (state[node] ?? 0) | MATCHES;
    for (
      let at = index.parentOf(node);
      at >= ROOT && ((state[at] ?? 0) & CONTAINS) === 0;
      at = index.parentOf(at)
    )
      state[at] = (state[at] ?? 0) | CONTAINS;
  }
  return yield* inOrder(index, tree, state, found);
}

/** Returns the matches in the order of the tree. */
function* inOrder(
  index: PathIndex,
  { order }: Tree,
  state: Uint8Array,
  count: number,
): Generator<undefined, Int32Array> {
  const { starts, children } = index;
  const matches = new Int32Array(count);
  let filled = 0;
  if (count > 0 && !order.isSorted(ROOT)) yield* order.sortChildren(ROOT);
  /** Positions in `children`: the next of each level, and the end. */
  const next = [starts[ROOT] ?? 0];
  const ends = [starts[ROOT + 1] ?? 0];
  let steps = 0;
  for (let level = 0; level >= 0 && filled < count; ) {
    if (++steps % STEP === 0) yield;
    const at = next[level] ?? 0;
    if (at >= (ends[level] ?? 0)) {
      level--;
      continue;
    }
    next[level] = at + 1;
    const node = children[at] ?? ROOT;
    const flags = state[node] ?? 0;
    if ((flags & MATCHES) !== 0) matches[filled++] = node;
    if ((flags & CONTAINS) === 0) continue;
    if (!order.isSorted(node)) yield* order.sortChildren(node);
    level++;
    next[level] = starts[node] ?? 0;
    ends[level] = starts[node + 1] ?? 0;
  }
  return matches;
}

/** Returns the position of the first match at or after a node in the order of the tree; the number of matches if none is. */
export function firstMatchFrom(index: PathIndex, { order }: Tree, matches: Int32Array, node: number): number {
  let [low, high] = [0, matches.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareNodes(index, order, matches[middle] ?? ROOT, node) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Compares two nodes by their place in the tree. */
function compareNodes(index: PathIndex, order: Tree['order'], a: number, b: number): number {
  if (a === b) return 0;
  let [x, y] = [a, b];
  const [depthOfA, depthOfB] = [index.depthOf(a), index.depthOf(b)];
  for (let depth = depthOfA; depth > depthOfB; depth--) x = index.parentOf(x);
  for (let depth = depthOfB; depth > depthOfA; depth--) y = index.parentOf(y);
  // One is in the other.
  if (x === y) return depthOfA - depthOfB;
  while (index.parentOf(x) !== index.parentOf(y)) {
    x = index.parentOf(x);
    y = index.parentOf(y);
  }
  return order.compare(x, y);
}
