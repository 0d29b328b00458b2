import { describe, expect, test } from 'vitest';
import { meaningOf } from '../../src/rootfs/whiteout.ts';

describe('meaningOf', () => {
  test.each([
    ['a', 'entry'],
    ['', 'entry'],
    ['.', 'entry'],
    ['.wh', 'entry'],
    ['.why', 'entry'],
    ['.WH.a', 'entry'],
    ['a.wh.b', 'entry'],
    ['wh.a', 'entry'],
    ['..wh.a', 'entry'],
    ['.wh.a', 'whiteout'],
    ['.wh.a.wh.b', 'whiteout'],
    ['.wh..a', 'whiteout'],
    ['.wh....', 'whiteout'],
    ['.wh..wh', 'whiteout'],
    ['.wh..why', 'whiteout'],
    ['.wh.\xff', 'whiteout'],
    ['.wh. ', 'whiteout'],
    ['.wh.', 'bare'],
    ['.wh..', 'bare'],
    ['.wh...', 'bare'],
    ['.wh..wh..opq', 'opaque'],
    ['.wh..wh..opq2', 'bookkeeping'],
    ['.wh..wh..op', 'bookkeeping'],
    ['.wh..wh..OPQ', 'bookkeeping'],
    ['.wh..wh.', 'bookkeeping'],
    ['.wh..wh.plnk', 'bookkeeping'],
    ['.wh..wh.aufs', 'bookkeeping'],
    ['.wh..wh.orph', 'bookkeeping'],
  ])('of %j is %s, wherever in a name it stands', (part, meaning) => {
    for (const [before, after] of [
      ['', ''],
      ['dir/', ''],
      ['.wh.x/', '/.wh.y'],
      ['.wh.', '.wh..wh..opq'],
    ] as const) {
      const name = Buffer.from(before + part + after, 'latin1');
      expect(meaningOf(name, before.length, before.length + part.length)).toBe(meaning);
    }
  });
});
