import { nodePath } from '@layers/core/rootfs';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { type NaiveEvent, naiveEvents } from '@layers/testing/naive-events';
import { latin1, type naiveUnion } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Mark } from '../../src/tree/changes.ts';
import { type Filter, parseFilter } from '../../src/tree/filter.ts';
import type { LayerRange } from '../../src/tree/layer-range.ts';
import { SORT_ORDERS, type SortOrder } from '../../src/tree/order.ts';
import { PathIndex } from '../../src/tree/path-index.ts';
import { findNodes, firstMatchFrom } from '../../src/tree/search.ts';
import { collapseRow, expandRow, makeTree, type Tree } from '../../src/tree/tree.ts';
import { eventsOf } from '../support/explored.ts';

/** Filters, and the same as functions of a path and what is there. */
const FILTERS: Readonly<Record<string, (path: string, row: NaiveRow) => boolean>> = {
  '': () => true,
  '+': (_, { mark }) => mark === Mark.added,
  '~-': (_, { mark }) => mark === Mark.changed || mark === Mark.deleted,
  '>5': (_, { isFile, size }) => isFile && size > 5,
  '<512': (_, { isFile, size }) => isFile && size < 512,
  a: (path) => path.split('/').some((name) => name.toLowerCase().includes('a')),
  'a*': (path) =>
    path
      .split('/')
      .slice(1)
      .some((name) => name.startsWith('a')),
  '/a/b': (path) =>
    path.split('/').some((_, i, names) =>
      names
        .slice(0, i + 1)
        .join('/')
        .toLowerCase()
        .includes('/a/b'),
    ),
  'layer:1': (_, { events }) => events.some(({ layer }) => layer === 1),
};

interface NaiveRow {
  readonly mark: number;
  readonly size: number;
  readonly isFile: boolean;
  readonly mtime: number;
  readonly content: string;
  readonly events: readonly NaiveEvent[];
}

/** Returns all paths of a range of layers, by comparing what each layer did to each path. */
function naiveRows(
  stack: Parameters<typeof naiveUnion>[0],
  { from, to, marks }: LayerRange,
): Map<string, NaiveRow> {
  const rows = new Map<string, NaiveRow>();
  for (const [path, events] of naiveEvents(stack)) {
    const after = events.filter(({ layer }) => layer <= to).at(-1);
    const before = events.filter(({ layer }) => layer < from).at(-1);
    if (after === undefined) continue;
    const exists = after.change !== 'deleted';
    const existed = before !== undefined && before.change !== 'deleted';
    if (!exists && !(marks && existed)) continue;
    const mark = !marks
      ? Mark.same
      : !exists
        ? Mark.deleted
        : !existed
          ? Mark.added
          : after === before
            ? Mark.same
            : Mark.changed;
    // A deleted path is shown as it was before the layers.
    const { type, size, mtime, from: place } = (exists ? after : (before ?? after)).inode;
    const content = `${place?.layer} ${place?.entry}`;
    rows.set(path, {
      mark,
      size: type === 'file' ? size : 0,
      isFile: type === 'file',
      mtime,
      content,
      events,
    });
  }
  return rows;
}

/** Returns the lines of a tree: each with its depth, its mark, and the bytes that exist and that are deleted below it. */
function naiveTree(
  rows: Map<string, NaiveRow>,
  filter: string,
  sort: SortOrder,
  isExpanded: (path: string) => boolean,
) {
  const isWanted = FILTERS[filter] ?? (() => true);
  const wanted = [...rows].filter(([path, row]) => isWanted(path, row)).map(([path]) => path);
  const shown = new Set(
    wanted.flatMap((path) => path.split('/').map((_, i, names) => names.slice(0, i + 1).join('/'))),
  );
  const bytesOf = (path: string, deleted: boolean): number => {
    const contents = new Map<string, number>();
    for (const below of wanted) {
      const row = rows.get(below);
      if (row === undefined || !row.isFile || (row.mark === Mark.deleted) !== deleted) continue;
      if (below === path || below.startsWith(`${path}/`)) contents.set(row.content, row.size);
    }
    return [...contents.values()].reduce((sum, size) => sum + size, 0);
  };
  const keyOf = (path: string): number => {
    if (sort === 'size') return bytesOf(path, false) + bytesOf(path, true);
    return sort === 'time' ? (rows.get(path)?.mtime ?? 0) : 0;
  };
  const lines: unknown[] = [];
  const walk = (directory: string, depth: number): void => {
    const children = [...shown].filter(
      (path) => path !== '' && path.slice(0, path.lastIndexOf('/')) === directory,
    );
    children.sort((a, b) => keyOf(b) - keyOf(a) || (a < b ? -1 : 1));
    for (const path of children) {
      lines.push([path, depth, rows.get(path)?.mark, bytesOf(path, false), bytesOf(path, true)]);
      if (isExpanded(path)) walk(path, depth + 1);
    }
  };
  walk('', 0);
  return lines;
}

function linesOf(index: PathIndex, tree: Tree) {
  return Array.from(tree.rows, (node, row) => [
    pathOf(index, node),
    tree.depths[row],
    tree.marks[node],
    tree.totals.bytes[node],
    tree.totals.deletedBytes?.[node] ?? 0,
  ]);
}

const pathOf = (index: PathIndex, node: number): string => latin1(nodePath(index.events.union, node));

function run<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function filterOf(text: string): Filter {
  const filter = parseFilter(text);
  if ('problem' in filter) throw new Error(filter.problem);
  return filter;
}

const requests = fc.record({
  layers: fc.tuple(fc.nat(5), fc.nat(5)),
  marks: fc.boolean(),
  filter: fc.constantFrom(...Object.keys(FILTERS)),
  sort: fc.constantFrom(...SORT_ORDERS),
  salt: fc.nat(2),
});

test('rows, marks and sums are those of a naive tree, also one after another', async () => {
  await fc.assert(
    fc.asyncProperty(
      layerStack,
      fc.array(requests, { minLength: 1, maxLength: 4 }),
      async (stack, wanted) => {
        const index = new PathIndex(await eventsOf(stack));
        let tree: Tree | null = null;
        for (const { layers, marks, filter, sort, salt } of wanted) {
          const [from, to] = layers.map((layer) => layer % stack.length).sort((a, b) => a - b);
          const range = { from: from ?? 0, to: to ?? 0, marks };
          const isExpanded = (path: string): boolean => (path.length + salt) % 3 !== 0;
          const expanded = new Uint8Array(index.count);
          for (let node = 0; node < index.count; node++)
            expanded[node] = isExpanded(pathOf(index, node)) ? 1 : 0;
          tree = run(
            makeTree(index, { range, filter: filterOf(filter), sort, measure: 'size' }, expanded, tree),
          );
          const rows = naiveRows(stack, range);
          expect(linesOf(index, tree)).toEqual(naiveTree(rows, filter, sort, isExpanded));
          const opened = Array.from(tree.rows, (node) => node).findIndex((node) => expanded[node] === 0);
          if (opened === -1) continue;
          const path = pathOf(index, tree.rows[opened] ?? 0);
          expanded[tree.rows[opened] ?? 0] = 1;
          const after = run(expandRow(index, tree, opened, expanded));
          expect(linesOf(index, after)).toEqual(
            naiveTree(rows, filter, sort, (each) => each === path || isExpanded(each)),
          );
          expect(linesOf(index, collapseRow(after, opened))).toEqual(linesOf(index, tree));
        }
      },
    ),
    { numRuns: runs(100, 5_000) },
  );
});

test('a search finds all names that match, in the order of the expanded tree', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, fc.constantFrom('a', 'b', '*', '/a/', 'X', '[ab]'), async (stack, word) => {
      const index = new PathIndex(await eventsOf(stack));
      const range = { from: 0, to: stack.length - 1, marks: false };
      const all = new Uint8Array(index.count).fill(1);
      const tree = run(
        makeTree(index, { range, filter: filterOf(''), sort: 'size', measure: 'size' }, all, null),
      );
      const matches = run(findNodes(index, tree, word));
      const expected = Array.from(tree.rows).filter((node) => {
        const path = pathOf(index, node);
        const name = path.slice(path.lastIndexOf('/') + 1);
        if (word === '*') return true;
        if (word === '[ab]') return name === 'a' || name === 'b';
        if (word === 'X') return name.includes('X');
        return (word === '/a/' ? path : name).toLowerCase().includes(word);
      });
      expect(Array.from(matches)).toEqual(expected);
      for (const [row, node] of tree.rows.entries()) {
        const next = Array.from(tree.rows).findIndex((each, i) => i >= row && matches.includes(each));
        const position = firstMatchFrom(index, tree, matches, node);
        expect(matches[position]).toBe(next === -1 ? undefined : tree.rows[next]);
      }
    }),
    { numRuns: runs(100, 5_000) },
  );
});
