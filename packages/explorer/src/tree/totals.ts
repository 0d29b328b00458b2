import { ROOT } from '@layers/core/rootfs';
import { Mark, STEP } from './changes.js';
import type { LayerRange } from './layer-range.js';
import { sortSlowly } from './merge-sort.js';
import type { PathIndex } from './path-index.js';

/** Which nodes are shown, and the bytes of each with everything below it that is selected. */
export interface Totals {
  /** 1 for selected nodes, 2 for directories that only contain some. */
  readonly shown: Uint8Array;
  /** The number of selected nodes. */
  readonly selectedCount: number;
  /** Bytes of the files that exist; a content with several names counts once in each directory. */
  readonly bytes: Float64Array;
  /** Bytes of deleted files; null where nothing is deleted. */
  readonly deletedBytes: Float64Array | null;
  /** Bytes before the layers of the range, where both file systems are compared; else null. */
  readonly bytesBefore: Float64Array | null;
}

/** Returns the bytes of a node that exist and that are deleted, together. */
export function touchedBytes({ bytes, deletedBytes }: Totals, node: number): number {
  return (bytes[node] ?? 0) + (deletedBytes?.[node] ?? 0);
}

/** Adds up the sizes of the selected nodes. */
export function* addUp(
  index: PathIndex,
  marks: Uint8Array,
  range: LayerRange,
  /** Null where all are selected. */
  selected: Uint8Array | null,
): Generator<undefined, Totals> {
  const totals = yield* addUpAfter(index, marks, range, selected);
  if (range.differences === undefined) return totals;
  const marksBefore = marks.map((mark) =>
    mark === Mark.absent || mark === Mark.added ? Mark.absent : Mark.same,
  );
  const before = { from: 0, to: range.from - 1, marks: false };
  const { bytes } = yield* addUpAfter(index, marksBefore, before, selected);
  return { ...totals, bytesBefore: bytes };
}

function* addUpAfter(
  index: PathIndex,
  marks: Uint8Array,
  range: LayerRange,
  /** Null where all are selected. */
  selected: Uint8Array | null,
): Generator<undefined, Totals> {
  const { count } = index;
  const shown = new Uint8Array(count);
  const bytes = new Float64Array(count);
  let deletedBytes: Float64Array | null = null;
  let selectedCount = 0;
  const shared: number[] = [];
  // A node comes after its directory, so that each total is complete when it is added to that of the directory.
  for (let node = count - 1; node > ROOT; node--) {
    if (node % STEP === 0) yield;
    const mark = marks[node] ?? Mark.absent;
    const isSelected = mark !== Mark.absent && (selected === null || selected[node] === 1);
    if (isSelected) {
      shown[node] = 1;
      selectedCount++;
      const state = index.stateIn(node, range);
      if (state !== null && index.isShared(state)) shared.push(node);
      else if (state !== null) {
        const size = index.sizeOf(state);
        if (mark !== Mark.deleted) bytes[node] = (bytes[node] ?? 0) + size;
        else if (size > 0) {
          deletedBytes ??= new Float64Array(count);
          deletedBytes[node] = (deletedBytes[node] ?? 0) + size;
        }
      }
    }
    if (shown[node] === 0) continue;
    const parent = index.parentOf(node);
    if (shown[parent] === 0) shown[parent] = 2;
    bytes[parent] = (bytes[parent] ?? 0) + (bytes[node] ?? 0);
    if (deletedBytes !== null) deletedBytes[parent] = (deletedBytes[parent] ?? 0) + (deletedBytes[node] ?? 0);
  }
  if (shared.length > 0)
    deletedBytes = yield* addShared(index, marks, range, Int32Array.from(shared), { bytes, deletedBytes });
  shown[ROOT] = shown[ROOT] === 0 ? 2 : (shown[ROOT] ?? 2);
  return { shown, selectedCount, bytes, deletedBytes, bytesBefore: null };
}

interface Sums {
  readonly bytes: Float64Array;
  deletedBytes: Float64Array | null;
}

/** Adds contents with several names to all directories above, once to each. */
function* addShared(
  index: PathIndex,
  marks: Uint8Array,
  range: LayerRange,
  nodes: Int32Array,
  sums: Sums,
): Generator<undefined, Float64Array | null> {
  const isDeleted = (node: number): number => (marks[node] === Mark.deleted ? 1 : 0);
  const compare = (a: number, b: number): number => {
    const [x, y] = [index.stateIn(a, range), index.stateIn(b, range)];
    if (x === null || y === null) return 0;
    return x.layer - y.layer || x.entry - y.entry || isDeleted(a) - isDeleted(b);
  };
  yield* sortSlowly(nodes, compare);
  /** The group that a directory was last counted for. */
  const counted = new Int32Array(index.count);
  let group = 0;
  let previous = -1;
  let steps = 0;
  for (const node of nodes) {
    if (previous === -1 || compare(previous, node) !== 0) group++;
    previous = node;
    const state = index.stateIn(node, range);
    const size = state === null ? 0 : index.sizeOf(state);
    if (isDeleted(node) === 1) sums.deletedBytes ??= new Float64Array(index.count);
    const target = isDeleted(node) === 1 && sums.deletedBytes !== null ? sums.deletedBytes : sums.bytes;
    for (let at = node; at >= ROOT && counted[at] !== group; at = index.parentOf(at)) {
      counted[at] = group;
      target[at] = (target[at] ?? 0) + size;
    }
    if (++steps % STEP === 0) yield;
  }
  return sums.deletedBytes;
}
