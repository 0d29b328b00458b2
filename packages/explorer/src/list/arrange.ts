import { STEP } from '../tree/changes.js';
import { type Filter, isFiltering, nameTest } from '../tree/filter.js';
import { sortSlowly } from '../tree/merge-sort.js';
import { isGroup, type ListOrder, type ListSource } from './list-source.js';

/** The rows that a filter selects, in their order. */
export interface Arranged {
  readonly filter: Filter;
  readonly order: ListOrder;
  /** The rows, as if all groups were expanded. */
  readonly rows: Int32Array;
  /** The selected rows that are no groups, and their bytes. */
  readonly count: number;
  readonly bytes: number;
}

/** Groups with more rows are sorted in steps. */
const FEW = 64;
/** Rows between two pauses where their texts are made. */
const TEXT_STEP = 256;

/** Filters and sorts the rows of a list. Yields often. */
export function* arrange(
  source: ListSource,
  filter: Filter,
  order: ListOrder,
): Generator<undefined, Arranged> {
  const selection = yield* select(source, filter);
  const rows = yield* sorted(source, selection, order);
  return { filter, order, rows, count: selection.count, bytes: selection.bytes };
}

interface Selection {
  /** 1 for each row that is selected, or contains one that is. */
  readonly shown: Uint8Array;
  readonly shownCount: number;
  /** The shown rows of each group, and of no group. */
  readonly below: Int32Array;
  readonly top: number;
  readonly count: number;
  readonly bytes: number;
}

/** Selects the rows that meet the conditions. What is in a group whose text matches, matches too. */
function* select(source: ListSource, filter: Filter): Generator<undefined, Selection> {
  const { names, minBytes, maxBytes, marks, layer } = filter;
  const shown = new Uint8Array(source.count);
  const below = new Int32Array(source.count);
  const isAll = !isFiltering(filter);
  const step = names.length > 0 || marks !== null ? TEXT_STEP : STEP;
  let [shownCount, top, count, bytes] = [0, 0, 0, 0];
  /** Rows before this one are in a group that matches. */
  let namedUntil = 0;
  for (let row = 0; row < source.count; row++) {
    if (row % step === step - 1) yield;
    if (!isAll && row >= namedUntil && matches(source, row, names)) namedUntil = source.endOf(row);
    if (isGroup(source, row)) continue;
    const size = source.bytesOf(row);
    if (!isAll) {
      if (row >= namedUntil || size < minBytes || size > maxBytes) continue;
      if (marks !== null && source.marksOf?.(row).some((mark) => marks.includes(mark)) !== true) continue;
      if (layer !== null && !source.isOfLayer(row, layer)) continue;
    }
    count++;
    bytes += size;
    for (let at = row; at !== -1 && shown[at] !== 1; ) {
      shown[at] = 1;
      shownCount++;
      at = source.parentOf(at);
      if (at === -1) top++;
      else below[at] = (below[at] ?? 0) + 1;
    }
  }
  return { shown, shownCount, below, top, count, bytes };
}

function matches(source: ListSource, row: number, names: Filter['names']): boolean {
  if (names.length === 0) return true;
  const text = source.textOf(row);
  const name = text.startsWith('/') ? text.slice(1) : text;
  return names.every((test) => test(name, () => text));
}

/** Returns the selected rows, those of each group sorted. */
function* sorted(
  source: ListSource,
  { shown, shownCount, below, top }: Selection,
  { keyOf }: ListOrder,
): Generator<undefined, Int32Array> {
  const rows = new Int32Array(shownCount);
  let filled = 0;
  let steps = 0;
  if (keyOf === null) {
    for (let row = 0; row < source.count; row++) {
      if (row % STEP === STEP - 1) yield;
      if (shown[row] === 1) rows[filled++] = row;
    }
    return rows;
  }
  /** The rows of each level that are not yet taken, and the position of the next. */
  const levels: { readonly siblings: Int32Array; next: number }[] = [];
  const open = function* (start: number, end: number, length: number): Generator<undefined> {
    const siblings = new Int32Array(length);
    let at = 0;
    for (let row = start; row < end; row = source.endOf(row)) {
      if (++steps % STEP === 0) yield;
      if (shown[row] === 1) siblings[at++] = row;
    }
    levels.push({ siblings: yield* sortedByKey(siblings, keyOf), next: 0 });
  };
  yield* open(0, source.count, top);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    if (++steps % STEP === 0) yield;
    const row = level.siblings[level.next++];
    if (row === undefined) {
      levels.pop();
      continue;
    }
    rows[filled++] = row;
    if (isGroup(source, row)) yield* open(row + 1, source.endOf(row), below[row] ?? 0);
  }
  return rows;
}

function* sortedByKey(
  rows: Int32Array,
  keyOf: (row: number) => number | string,
): Generator<undefined, Int32Array> {
  const keys: (number | string)[] = [];
  const positions = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    if (i % TEXT_STEP === TEXT_STEP - 1) yield;
    keys.push(keyOf(rows[i] ?? 0));
    positions[i] = i;
  }
  const compare = (a: number, b: number): number => {
    const [x, y] = [keys[a] ?? 0, keys[b] ?? 0];
    return x < y ? -1 : x > y ? 1 : a - b;
  };
  if (rows.length > FEW) yield* sortSlowly(positions, compare);
  else positions.sort(compare);
  for (let i = 0; i < rows.length; i++) {
    if (i % STEP === STEP - 1) yield;
    positions[i] = rows[positions[i] ?? 0] ?? 0;
  }
  return positions;
}

/** Returns the rows that are visible where some groups are expanded: a part of `rows`, in the same order. */
export function* visibleRows(
  source: ListSource,
  rows: Int32Array,
  expanded: Uint8Array,
): Generator<undefined, Int32Array> {
  const visible = new Int32Array(rows.length);
  let count = 0;
  /** The end of the collapsed group that the last row is in; rows of a group follow it. */
  let [hiddenFrom, hiddenEnd] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    if (i % STEP === STEP - 1) yield;
    const row = rows[i] ?? 0;
    if (row > hiddenFrom && row < hiddenEnd) continue;
    visible[count++] = row;
    if (isGroup(source, row) && expanded[row] !== 1) [hiddenFrom, hiddenEnd] = [row, source.endOf(row)];
  }
  return visible.slice(0, count);
}

/**
 * Returns the positions in `rows` of those whose text matches a word. Yields often. Throws as `createPathMatcher` does.
 */
export function* findRows(
  source: ListSource,
  rows: Int32Array,
  word: string,
): Generator<undefined, Int32Array> {
  const names = [nameTest(word)];
  const found = new Int32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (i % TEXT_STEP === TEXT_STEP - 1) yield;
    if (matches(source, rows[i] ?? 0, names)) found[count++] = i;
  }
  return found.slice(0, count);
}
