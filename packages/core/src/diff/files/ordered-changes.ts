import { NONE, ROOT } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';
import type { TreeChanges } from './tree-changes.js';

/**
 * Yields the reported changes in byte order of their paths, parents first. Walks only directories that have changes,
 * and sorts one directory at a time, so that memory does not grow with the number of paths.
 */
export function* orderedChanges(
  a: Union,
  b: Union,
  changes: TreeChanges,
  isReported: (change: number) => boolean,
): Generator<number, void, undefined> {
  const sideA = createMarks(a);
  const sideB = createMarks(b);
  for (let change = 0; change < changes.count; change++) {
    if (!isReported(change)) continue;
    const nodeB = changes.nodeB(change);
    if (nodeB === NONE) sideA.mark(changes.nodeA(change), change);
    else sideB.mark(nodeB, change);
  }
  const stack: Level[] = [createLevel(sideA, sideB, ROOT, ROOT)];
  const top = sideB.changeAt(ROOT);
  if (top !== NONE) yield top;
  while (stack.length > 0) {
    const level = stack.at(-1);
    const item = level?.items[level.next];
    if (level === undefined || item === undefined) {
      stack.pop();
      continue;
    }
    level.next++;
    const nodeB = item > 0 ? item : sideB.twinOf(sideA, -item, level.nodeB);
    const nodeA = item < 0 ? -item : sideA.twinOf(sideB, item, level.nodeA);
    const change = item > 0 ? sideB.changeAt(item) : nodeB === NONE ? sideA.changeAt(-item) : NONE;
    if (change !== NONE) yield change;
    stack.push(createLevel(sideA, sideB, nodeA, nodeB));
  }
}

/** The children of a path to visit, in order of names: nodes of B, and negated nodes of A. */
interface Level {
  readonly nodeA: number;
  readonly nodeB: number;
  readonly items: Int32Array;
  next: number;
}

const NOTHING = new Int32Array(0);

interface Marks {
  readonly union: Union;
  mark(node: number, change: number): void;
  /** Whether the node or a descendant has a change. */
  isMarked(node: number): boolean;
  changeAt(node: number): number;
  /** Returns this side's live child of `parent` with the same name as the other side's node; or NONE. */
  twinOf(other: Marks, node: number, parent: number): number;
}

function createMarks(union: Union): Marks {
  const { nodes } = union;
  const marked = new Uint8Array(nodes.count);
  /** The change at each node, plus one. */
  const changeOf = new Int32Array(nodes.count);
  return {
    union,
    mark(node, change) {
      changeOf[node] = change + 1;
      for (let at = node; at !== NONE && marked[at] === 0; at = nodes.parentOf(at)) marked[at] = 1;
    },
    isMarked: (node) => marked[node] === 1,
    changeAt: (node) => (changeOf[node] ?? 0) - 1,
    twinOf(other, node, parent) {
      if (parent === NONE) return NONE;
      const name = other.union.nodes.nameOf(node);
      const twin = nodes.find(parent, name, 0, name.length);
      return twin !== NONE && nodes.isLive(twin) ? twin : NONE;
    },
  };
}

/** A name that both sides have is one item: the node of B if that is marked, else the node of A. */
function createLevel(sideA: Marks, sideB: Marks, nodeA: number, nodeB: number): Level {
  const ofB = markedChildren(sideB, nodeB);
  const ofA = markedChildren(sideA, nodeA).filter((child) => {
    const twin = sideB.twinOf(sideA, child, nodeB);
    return twin === NONE || !sideB.isMarked(twin);
  });
  if (ofA.length === 0 && ofB.length === 0) return { nodeA, nodeB, items: NOTHING, next: 0 };
  const items = new Int32Array(ofA.length + ofB.length);
  items.set(ofB);
  ofA.forEach((child, i) => {
    items[ofB.length + i] = -child;
  });
  const nameOf = (item: number): Uint8Array =>
    item > 0 ? sideB.union.nodes.nameOf(item) : sideA.union.nodes.nameOf(-item);
  items.sort((x, y) => Buffer.compare(nameOf(x), nameOf(y)));
  return { nodeA, nodeB, items, next: 0 };
}

function markedChildren({ union, isMarked }: Marks, node: number): Int32Array {
  if (node === NONE || !isMarked(node)) return NOTHING;
  const { nodes } = union;
  let count = 0;
  for (let child = nodes.firstChild(node); child !== NONE; child = nodes.nextSibling(child)) {
    if (isMarked(child)) count++;
  }
  const children = new Int32Array(count);
  let at = 0;
  for (let child = nodes.firstChild(node); child !== NONE; child = nodes.nextSibling(child)) {
    if (isMarked(child)) children[at++] = child;
  }
  return children;
}
