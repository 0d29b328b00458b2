import { describe, expect, test } from 'vitest';
import { markerOf } from '../../src/rootfs/whiteout.ts';

describe('markerOf', () => {
  test.each([
    ['a', 'none'],
    ['', 'none'],
    ['.', 'none'],
    ['.wh', 'none'],
    ['.why', 'none'],
    ['.WH.a', 'none'],
    ['a.wh.b', 'none'],
    ['wh.a', 'none'],
    ['..wh.a', 'none'],
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
  ])('of %j is %s, at any position in a name', (part, meaning) => {
    for (const [before, after] of [
      ['', ''],
      ['dir/', ''],
      ['.wh.x/', '/.wh.y'],
      ['.wh.', '.wh..wh..opq'],
    ] as const) {
      const name = Buffer.from(before + part + after, 'latin1');
      expect(markerOf(name, before.length, before.length + part.length)).toBe(meaning);
    }
  });
});
