import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DirectoryTable } from '../../src/rootfs/directory-table.ts';
import { splitPath } from '../../src/rootfs/path.ts';

/** Returns the index of the directory with this path. */
function idOf(table: DirectoryTable, path: string): number {
  const parts: number[] = [];
  // The last component is the name of an entry in that directory.
  const name = Buffer.from(`${path}/entry`, 'latin1');
  const depth = splitPath(name, parts);
  if (typeof depth === 'string') throw new Error(depth);
  return table.idOf(name, parts, depth - 1);
}

function pathsIn(table: DirectoryTable): string[] {
  const { dirParent, dirNameStart, dirNameLength, names } = table.finish();
  const paths = [''];
  for (let id = 1; id < dirParent.length; id++) {
    const start = dirNameStart[id] ?? 0;
    const name = Buffer.from(names.subarray(start, start + (dirNameLength[id] ?? 0))).toString('latin1');
    paths.push(`${paths[dirParent[id] ?? 0]}/${name}`);
  }
  return paths;
}

describe('the directory table', () => {
  test('starts with the root, at index 0', () => {
    const table = new DirectoryTable();
    expect([table.count, table.bytes, idOf(table, ''), idOf(table, './'), idOf(table, '/')]).toEqual([
      1, 0, 0, 0, 0,
    ]);
    expect(pathsIn(table)).toEqual(['']);
  });

  test('stores each directory once, with its ancestors, in any spelling', () => {
    const table = new DirectoryTable();
    const id = idOf(table, 'usr/lib/x');
    for (const path of ['./usr/lib/x', '/usr//lib/x/', 'usr/y/../lib/./x'])
      expect(idOf(table, path)).toBe(id);
    expect(pathsIn(table)).toEqual(['', '/usr', '/usr/lib', '/usr/lib/x']);
    expect(table.bytes).toBe('usrlibx'.length);
  });

  test('distinguishes names under different parents, and names with a common prefix', () => {
    const table = new DirectoryTable();
    const ids = ['a', 'b', 'a/a', 'b/a', 'a/b', 'aa', 'a\xff', 'a\xfe', ''].map((path) => idOf(table, path));
    expect(new Set(ids).size).toBe(9);
  });

  test('stores other bytes in the same pool', () => {
    const table = new DirectoryTable();
    idOf(table, 'a');
    const start = table.keep(Buffer.from('xhellox'), 1, 6);
    idOf(table, 'b');
    const { names } = table.finish();
    expect(Buffer.from(names.subarray(start, start + 5)).toString()).toBe('hello');
    expect(pathsIn(table)).toEqual(['', '/a', '/b']);
  });

  test('agrees with a map, in any order', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'ab', 'ba', '\x80'), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(path, { maxLength: 200 }), (paths) => {
        const table = new DirectoryTable();
        const known = new Map([['', 0]]);
        for (const parts of paths) {
          parts.forEach((_, i) => {
            const prefix = parts.slice(0, i + 1).join('/');
            if (!known.has(prefix)) known.set(prefix, known.size);
          });
          expect(idOf(table, parts.join('/'))).toBe(known.get(parts.join('/')));
        }
        expect(pathsIn(table)).toEqual([...known.keys()].map((text) => (text === '' ? '' : `/${text}`)));
      }),
      { numRuns: runs(200, 2_000) },
    );
  });

  test('stores many directories', () => {
    const table = new DirectoryTable();
    const ids = Array.from({ length: 20_000 }, (_, i) => idOf(table, `d${i % 200}/${i}`));
    expect(new Set(ids).size).toBe(20_000);
    expect(table.count).toBe(20_201);
    expect(ids.every((id, i) => idOf(table, `d${i % 200}/${i}`) === id)).toBe(true);
  });
});
