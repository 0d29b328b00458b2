import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FileChange } from '@layers/core/diff';
import { describe, expect, it } from 'vitest';
import { groupChanges } from '../../../src/render/diff/groups.ts';
import { added } from '../../support/diff-documents.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** Returns the bytes in use after garbage collection. */
function heldBytes(): number {
  if (typeof collectGarbage === 'function') collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('groupChanges', () => {
  it('keeps no more than it shows, with any number of directories', () => {
    const started = heldBytes();
    let most = 0;
    const changes = function* (): Generator<FileChange> {
      for (let i = 0; i < 300_000; i++) {
        if (i % 50_000 === 0) most = Math.max(most, heldBytes() - started);
        const path = `/${i % 1000}/${i}/${'x'.repeat(100)}`;
        yield i % 2 === 0 ? added(path) : added(path, i);
      }
    };
    const groups = groupChanges(changes(), { top: 20, folds: true });
    expect(groups.reduce((sum, { sums }) => sum + sums.changes, 0)).toBe(300_000);
    // All paths together would need twice as much.
    expect(most).toBeLessThan(25e6);
  });
});
