import { describe, expect, it } from 'vitest';
import type { ReportColumns } from '../../src/data/index.ts';
import { cellOf } from '../../src/view/cell.ts';
import { layoutIcicle, ROW_HEIGHT } from '../../src/view/icicle.ts';
import { ItemSet } from '../../src/view/item-set.ts';
import { Paths } from '../../src/view/paths.ts';
import { cellAt, MOST_CELLS, type Placed } from '../../src/view/placed.ts';
import { layoutTreemap } from '../../src/view/treemap.ts';

/** Returns columns of one layer with files of these sizes. */
function columnsOf(files: Readonly<Record<string, number>>): ReportColumns {
  const paths: { name: string; parent: number; bytes: number }[] = [{ name: '', parent: -1, bytes: 0 }];
  const known = new Map([['', 0]]);
  for (const [file, bytes] of Object.entries(files).sort()) {
    const names = file.split('/');
    for (let depth = 1; depth <= names.length; depth++) {
      const path = names.slice(0, depth).join('/');
      if (known.has(path)) continue;
      known.set(path, paths.length);
      const parent = known.get(names.slice(0, depth - 1).join('/')) ?? 0;
      paths.push({ name: names[depth - 1] ?? '', parent, bytes: depth === names.length ? bytes : 0 });
    }
  }
  const names = paths.map(({ name }) => new TextEncoder().encode(name));
  const nameStart = new Uint32Array(paths.length + 1);
  for (const [i, { length }] of names.entries()) nameStart[i + 1] = (nameStart[i] ?? 0) + length;
  const items = paths.flatMap(({ bytes }, path) => (bytes === 0 ? [] : [{ path, bytes }]));
  const zeros = items.map(() => 0);
  return {
    paths: paths.length,
    parent: Int32Array.from(paths, ({ parent }) => parent),
    nameStart,
    names: Uint8Array.from(names.flatMap((name) => [...name])),
    owner: new Int32Array(paths.length),
    items: items.length,
    path: Int32Array.from(items, ({ path }) => path),
    layer: Int32Array.from(zeros),
    change: Uint8Array.from(zeros),
    type: Uint8Array.from(zeros, () => 1),
    bytes: Float64Array.from(items, ({ bytes }) => bytes),
    bytesBefore: Float64Array.from(zeros),
    waste: Uint8Array.from(zeros),
    wastedBy: Int32Array.from(zeros, () => -1),
    attributes: Int32Array.from(zeros),
  };
}

function placedIn(layout: typeof layoutTreemap, files: Readonly<Record<string, number>>): Placed[] {
  const set = new ItemSet(new Paths(columnsOf(files)));
  return layout([cellOf(set, 0)], { x: 0, y: 0, width: 800, height: 600 });
}

const FILES = { 'usr/lib/a': 600, 'usr/lib/b': 300, 'usr/bin/c': 100, 'only/one/thing': 500 };

describe('a treemap', () => {
  const placed = placedIn(layoutTreemap, FILES);
  const textOf = ({ cell }: Placed): string => cell.set.paths.textOf(cell.path);

  it('shows directories that have one thing only as one cell', () => {
    expect(placed.map(textOf).sort()).toEqual(
      ['/', '/only/one/thing', '/usr', '/usr/bin/c', '/usr/lib', '/usr/lib/a', '/usr/lib/b'].sort(),
    );
  });

  it('gives files areas that are in the order of their sizes, inside of their directories', () => {
    const boxOf = (path: string): Placed => {
      const found = placed.find((box) => textOf(box) === path);
      if (found === undefined) throw new Error(path);
      return found;
    };
    const area = (path: string): number => boxOf(path).width * boxOf(path).height;
    expect(area('/usr/lib/a')).toBeGreaterThan(area('/only/one/thing'));
    expect(area('/usr/lib/b')).toBeGreaterThan(area('/usr/bin/c'));
    const [inner, outer] = [boxOf('/usr/lib/a'), boxOf('/usr/lib')];
    expect(inner.x).toBeGreaterThanOrEqual(outer.x);
    expect(inner.y + inner.height).toBeLessThanOrEqual(outer.y + outer.height);
  });

  it('finds the deepest cell at a point', () => {
    const file = placed.find((box) => textOf(box) === '/usr/bin/c');
    if (file === undefined) throw new Error('no cell');
    expect(cellAt(placed, file.x + file.width / 2, file.y + file.height / 2)).toBe(file);
    expect(cellAt(placed, -1, 5)).toBeNull();
  });

  it('leaves out what cannot be seen', () => {
    const many = Object.fromEntries(Array.from({ length: 26_000 }, (_, i) => [`d${i % 7}/f${i}`, 1]));
    expect(placedIn(layoutTreemap, many).length).toBeLessThanOrEqual(MOST_CELLS);
    expect(placedIn(layoutTreemap, { large: 1e9, small: 1 }).map(textOf)).toEqual(['/', '/large']);
  });
});

describe('an icicle', () => {
  it('has a row for each level, each part below its directory', () => {
    const placed = placedIn(layoutIcicle, FILES);
    for (const box of placed) expect(box.y).toBe(box.depth * ROW_HEIGHT);
    const [top, ...rest] = placed;
    expect(top?.width).toBe(799);
    expect(rest.filter(({ depth }) => depth === 1).length).toBe(2);
  });
});
