import type { FileChange } from '@layers/core/diff';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupChanges } from '../../../src/render/diff/groups.ts';
import { added, removed } from '../../support/diff-documents.ts';

const name = fc.constantFrom('a', 'b', 'c', 'a-b', 'd'.repeat(5));
const change = fc
  .record({
    parts: fc.array(name, { minLength: 1, maxLength: 9 }),
    isAdded: fc.boolean(),
    isDirectory: fc.boolean(),
    bytes: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ parts, isAdded, isDirectory, bytes }): FileChange => {
    const path = `/${parts.join('/')}`;
    return (isAdded ? added : removed)(path, isDirectory ? undefined : bytes);
  });

describe('groupChanges', () => {
  it('counts every change and byte, in any order, and lists at most the requested lines', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), fc.nat(30), fc.boolean(), (changes, top, folds) => {
        const groups = groupChanges(changes, { top, folds });
        const total = (pick: (group: (typeof groups)[number]) => number) =>
          groups.reduce((sum, group) => sum + pick(group), 0);
        expect(total(({ sums }) => sums.changes)).toBe(changes.length);
        expect(total(({ sums }) => sums.delta)).toBe(
          changes.reduce((sum, { sizeBytesA: sizeA = 0, sizeBytesB: sizeB = 0 }) => sum + sizeB - sizeA, 0),
        );
        expect(total(({ items }) => items.length)).toBeLessThanOrEqual(top);
        expect(groups.length).toBeLessThanOrEqual(12);
        for (const { path, items, more, sums } of groups) {
          expect(items.reduce((sum, item) => sum + item.changes, 0) + more).toBe(sums.changes);
          expect(more).toBeGreaterThanOrEqual(0);
          for (const item of items)
            expect(item.change.path.startsWith(path === '/' ? '/' : `${path}/`)).toBe(true);
        }
        if (!folds && top >= changes.length) expect(total(({ more }) => more)).toBe(0);
      }),
      { numRuns: runs(300, 10_000) },
    );
  });
});
