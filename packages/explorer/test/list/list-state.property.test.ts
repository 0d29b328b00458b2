import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ListSource } from '../../src/list/list-source.ts';
import { ListState } from '../../src/list/list-state.ts';
import { Forest } from '../../src/lists/forest.ts';
import { byName, bySize } from '../../src/lists/row-text.ts';
import { parseFilter } from '../../src/tree/filter.ts';

interface Row {
  readonly text: string;
  readonly bytes: number;
  readonly layer: number;
  readonly below: readonly Row[];
}

const leaf = fc.record({
  text: fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 4 }),
  bytes: fc.nat(20),
  layer: fc.nat(2),
});
/** Returns rows with groups in groups, up to a depth. */
function rowsOf(depth: number): fc.Arbitrary<readonly Row[]> {
  const below = depth === 0 ? fc.constant([]) : fc.oneof(fc.constant([]), rowsOf(depth - 1));
  return fc.array(
    fc.tuple(leaf, below).map(([own, rows]): Row => ({ ...own, below: rows })),
    { maxLength: 4 },
  );
}
const lists = rowsOf(2);

const steps = fc.oneof(
  fc.record({
    kind: fc.constant('filter' as const),
    text: fc.constantFrom('', 'a', '/b', '>5', '<9', 'layer:1', 'b >3'),
  }),
  fc.record({ kind: fc.constant('sort' as const) }),
  fc.record({ kind: fc.constant('all' as const), isExpanded: fc.boolean() }),
  fc.record({ kind: fc.constant('toggle' as const), at: fc.nat(20) }),
  fc.record({ kind: fc.constant('search' as const), word: fc.constantFrom('a', 'ab', '/', '.b') }),
);

/** Whether a row, or what is in it, is selected. */
const TESTS: Readonly<Record<string, { name: (text: string) => boolean; leaf: (row: Row) => boolean }>> = {
  '': { name: () => true, leaf: () => true },
  a: { name: (text) => text.includes('a'), leaf: () => true },
  '/b': { name: (text) => text.includes('/b'), leaf: () => true },
  '>5': { name: () => true, leaf: ({ bytes }) => bytes > 5 },
  '<9': { name: () => true, leaf: ({ bytes }) => bytes < 9 },
  'layer:1': { name: () => true, leaf: ({ layer }) => layer === 1 },
  'b >3': { name: (text) => text.includes('b'), leaf: ({ bytes }) => bytes > 3 },
};

/** Returns a list, and its rows by their numbers. */
function sourceOf(list: readonly Row[]): { source: ListSource; rows: readonly Row[] } {
  const forest = new Forest();
  const rows: Row[] = [];
  const add = (each: Row): void => {
    const item = rows.push(each) - 1;
    if (each.below.length === 0) forest.add(item, each.bytes);
    else {
      forest.open(item, each.bytes);
      each.below.forEach(add);
      forest.close();
    }
  };
  list.forEach(add);
  const textOf = (at: number): string => rows[at]?.text ?? '';
  const source: ListSource = {
    title: 'a list',
    empty: 'empty',
    columns: [],
    nameColumn: 0,
    count: forest.count,
    orders: [{ name: 'number', keyOf: null }, bySize((at) => forest.bytesOf(at)), byName(textOf)],
    endOf: (at) => forest.endOf(at),
    parentOf: (at) => forest.parentOf(at),
    cells: () => [],
    styleOf: () => 'plain',
    textOf,
    bytesOf: (at) => forest.bytesOf(at),
    isOfLayer: (at, layer) => rows[at]?.layer === layer,
    about: () => [],
    targetOf: () => null,
  };
  return { source, rows };
}

/** Returns the rows that are shown, as if all groups were expanded. */
function naiveRows(list: readonly Row[], filter: string, order: number): Row[] {
  const test = TESTS[filter] ?? { name: () => true, leaf: () => true };
  const walk = (siblings: readonly Row[], isNamed: boolean): Row[] => {
    const sorted = [...siblings];
    if (order === 1) sorted.sort((a, b) => b.bytes - a.bytes);
    if (order === 2) sorted.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    return sorted.flatMap((each) => {
      const named = isNamed || test.name(each.text);
      if (each.below.length === 0) return named && test.leaf(each) ? [each] : [];
      const below = walk(each.below, named);
      return below.length === 0 ? [] : [each, ...below];
    });
  };
  return walk(list, false);
}

test('rows, their order and the matches of a search are those of a naive list', () => {
  fc.assert(
    fc.property(lists, fc.array(steps, { maxLength: 8 }), (list, wanted) => {
      const { source, rows } = sourceOf(list);
      const state = new ListState(source);
      const finish = (): void => {
        while (!state.work(() => true));
      };
      const expanded = new Set<Row>();
      let [filter, order] = ['', 0];
      const all = (): Row[] => naiveRows(list, filter, order);
      const isVisible = (each: Row): boolean =>
        rows.every((group) => !contains(group, each) || expanded.has(group));
      finish();
      for (const step of wanted) {
        if (step.kind === 'filter') {
          filter = step.text;
          const parsed = parseFilter(filter);
          if ('problem' in parsed) throw new Error(parsed.problem);
          state.setFilter(parsed);
        } else if (step.kind === 'sort') {
          order = (order + 1) % 3;
          state.nextOrder();
        } else if (step.kind === 'all') {
          if (step.isExpanded) for (const each of rows) expanded.add(each);
          else expanded.clear();
          state.setAllExpanded(step.isExpanded);
        } else if (step.kind === 'toggle') {
          state.moveTo(step.at);
          const at = rows[state.row];
          if (at !== undefined && at.below.length > 0 && !expanded.delete(at)) expanded.add(at);
          state.toggle();
        } else {
          const from = rows[state.row];
          state.search(step.word);
          finish();
          const found = all().filter(({ text }) =>
            (step.word.includes('/') ? text : text.replace(/^\//, '')).includes(step.word),
          );
          expect(state.found?.count).toBe(found.length);
          const start = from === undefined ? 0 : all().indexOf(from);
          const first = found.find((each) => all().indexOf(each) >= start) ?? found[0] ?? from;
          expect(rows[state.row]).toBe(first);
          state.endSearch(true);
          const next = found[(found.indexOf(first ?? leafless) + 1) % Math.max(1, found.length)];
          const hasNext = state.nextMatch(1);
          finish();
          expect(hasNext).toBe(found.length > 0);
          if (next !== undefined) expect(rows[state.row]).toBe(next);
          for (const reached of found.length > 0 ? [first, next] : [])
            for (const group of rows)
              if (reached !== undefined && contains(group, reached)) expanded.add(group);
          state.clearSearch();
        }
        finish();
        expect(Array.from(state.arranged?.rows ?? [], (at) => rows[at])).toEqual(all());
        expect(Array.from(state.visible, (at) => rows[at])).toEqual(all().filter(isVisible));
        const leaves = all().filter(({ below }) => below.length === 0);
        expect(state.arranged?.count).toBe(leaves.length);
        expect(state.arranged?.bytes).toBe(leaves.reduce((sum, { bytes }) => sum + bytes, 0));
      }
    }),
    { numRuns: runs(200, 20_000) },
  );
});

const leafless: Row = { text: '', bytes: 0, layer: 0, below: [] };

function contains(group: Row, row: Row): boolean {
  return group.below.some((each) => each === row || contains(each, row));
}
