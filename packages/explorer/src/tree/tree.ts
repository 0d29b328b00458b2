import { ROOT } from '@layers/core/rootfs';
import { markChanges, STEP } from './changes.js';
import { type Filter, isFiltering, selectNodes } from './filter.js';
import type { LayerRange } from './layer-range.js';
import { SiblingOrder, type SortOrder } from './order.js';
import type { PathIndex } from './path-index.js';
import { addUp, type Totals } from './totals.js';
import { addUpWasted, type Wasted, wastedIn } from './wasted.js';

/** What a tree shows. */
export interface TreeRequest {
  readonly range: LayerRange;
  readonly filter: Filter;
  readonly sort: SortOrder;
  /** What sizes mean: those of files, or the bytes that the layers of the range store and that are wasted. */
  readonly measure: 'size' | 'wasted';
}

/** The rows of a tree. A tree does not change: the next one is made beside it. */
export interface Tree {
  readonly request: TreeRequest;
  readonly marks: Uint8Array;
  /** Null where sizes are those of files. */
  readonly wasted: Wasted | null;
  readonly totals: Totals;
  readonly order: SiblingOrder;
  /** The nodes that are shown, from the top. */
  readonly rows: Int32Array;
  /** The number of directories above each row. */
  readonly depths: Uint16Array;
}

/**
 * Makes a tree, and yields often, so that keys are answered meanwhile. Takes from an earlier tree what is the same.
 *
 * @param expanded 1 for each directory whose children are shown
 */
export function* makeTree(
  index: PathIndex,
  request: TreeRequest,
  expanded: Uint8Array,
  earlier: Tree | null,
): Generator<undefined, Tree> {
  const { range, filter, sort, measure } = request;
  const sameRange =
    earlier !== null &&
    earlier.request.measure === measure &&
    earlier.request.range.from === range.from &&
    earlier.request.range.to === range.to &&
    earlier.request.range.marks === range.marks &&
    earlier.request.range.differences === range.differences;
  const found = measure === 'wasted' && !sameRange ? yield* wastedIn(index, range) : null;
  const wasted = sameRange ? earlier.wasted : found;
  const marks = sameRange ? earlier.marks : (wasted?.marks ?? (yield* markChanges(index, range)));
  const sameTotals = sameRange && earlier.request.filter === filter;
  const selected =
    sameTotals || !isFiltering(filter) ? null : yield* selectNodes(index, marks, range, filter, wasted);
  const totals = sameTotals
    ? earlier.totals
    : wasted === null
      ? yield* addUp(index, marks, range, selected)
      : yield* addUpWasted(index, wasted, selected);
  const sameOrder = sameTotals && earlier.request.sort === sort;
  const order = sameOrder ? earlier.order : new SiblingOrder(index, totals, range, sort);
  const rows = yield* rowsBelow(index, ROOT, 0, { order, totals }, expanded);
  return { request, marks, wasted, totals, order, ...rows };
}

interface Rows {
  readonly rows: Int32Array;
  readonly depths: Uint16Array;
}

/** Returns the rows below a directory. */
function* rowsBelow(
  index: PathIndex,
  top: number,
  depth: number,
  { order, totals }: Pick<Tree, 'order' | 'totals'>,
  expanded: Uint8Array,
): Generator<undefined, Rows> {
  const { starts, children } = index;
  let rows = new Int32Array(256);
  let depths = new Uint16Array(256);
  let count = 0;
  if (!order.isSorted(top)) yield* order.sortChildren(top);
  /** Positions in `children`: the next of each level, and the end. */
  const next = [starts[top] ?? 0];
  const ends = [starts[top + 1] ?? 0];
  let steps = 0;
  for (let level = 0; level >= 0; ) {
    if (++steps % STEP === 0) yield;
    const at = next[level] ?? 0;
    if (at >= (ends[level] ?? 0)) {
      level--;
      continue;
    }
    next[level] = at + 1;
    const node = children[at] ?? ROOT;
    if (totals.shown[node] === 0) continue;
    if (count === rows.length) {
      rows = grown(rows, new Int32Array(count * 2));
      depths = grown(depths, new Uint16Array(count * 2));
    }
    rows[count] = node;
    depths[count++] = depth + level;
    if (expanded[node] !== 1 || starts[node] === starts[node + 1]) continue;
    if (!order.isSorted(node)) yield* order.sortChildren(node);
    level++;
    next[level] = starts[node] ?? 0;
    ends[level] = starts[node + 1] ?? 0;
  }
  return { rows: rows.slice(0, count), depths: depths.slice(0, count) };
}

function grown<T extends Int32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Returns the tree after the directory in a row was expanded. */
export function* expandRow(
  index: PathIndex,
  tree: Tree,
  row: number,
  expanded: Uint8Array,
): Generator<undefined, Tree> {
  const depth = (tree.depths[row] ?? 0) + 1;
  const below = yield* rowsBelow(index, tree.rows[row] ?? ROOT, depth, tree, expanded);
  return spliced(tree, row + 1, row + 1, below);
}

/** Returns the tree after the directory in a row was collapsed. */
export function collapseRow(tree: Tree, row: number): Tree {
  return spliced(tree, row + 1, endOfRow(tree, row), { rows: new Int32Array(0), depths: new Uint16Array(0) });
}

/** Whether something in a node is shown. */
export function hasRowsBelow({ starts, children }: PathIndex, { totals }: Tree, node: number): boolean {
  const end = starts[node + 1] ?? 0;
  for (let at = starts[node] ?? 0; at < end; at++) if (totals.shown[children[at] ?? ROOT] !== 0) return true;
  return false;
}

/** Returns the row after all rows below a directory. */
export function endOfRow({ depths, rows }: Tree, row: number): number {
  const depth = depths[row] ?? 0;
  let end = row + 1;
  while (end < rows.length && (depths[end] ?? 0) > depth) end++;
  return end;
}

function spliced(tree: Tree, start: number, end: number, { rows, depths }: Rows): Tree {
  const length = tree.rows.length - (end - start) + rows.length;
  const newRows = new Int32Array(length);
  const newDepths = new Uint16Array(length);
  newRows.set(tree.rows.subarray(0, start));
  newRows.set(rows, start);
  newRows.set(tree.rows.subarray(end), start + rows.length);
  newDepths.set(tree.depths.subarray(0, start));
  newDepths.set(depths, start);
  newDepths.set(tree.depths.subarray(end), start + depths.length);
  return { ...tree, rows: newRows, depths: newDepths };
}
