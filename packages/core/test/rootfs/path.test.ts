import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_PATH_BYTES, type PathProblem, splitPath } from '../../src/rootfs/path.ts';

function split(name: string): string[] | PathProblem {
  // The rest of an earlier, longer name must have no effect.
  const parts = [90, 91, 92, 93, 94, 95, 96, 97];
  const count = splitPath(Buffer.from(name, 'latin1'), parts);
  if (typeof count === 'string') return count;
  return Array.from({ length: count }, (_, i) => name.slice(parts[i * 2], parts[i * 2 + 1]));
}

describe('splitPath', () => {
  test.each([
    ['', []],
    ['/', []],
    ['.', []],
    ['./', []],
    ['//././/', []],
    ['a', ['a']],
    ['/a/b', ['a', 'b']],
    ['./a//b/./c/', ['a', 'b', 'c']],
    ['a/../b', ['b']],
    ['a/..', []],
    ['a/b/../../c', ['c']],
    ['...', ['...']],
    ['..a/a../.b', ['..a', 'a..', '.b']],
    [' / ', [' ', ' ']],
    ['a\\b/\n/\xff', ['a\\b', '\n', '\xff']],
  ])('splits %j', (name, parts) => {
    expect(split(name)).toEqual(parts);
  });

  test.each(['..', '../a', '/..', '/../a', 'a/../..', './../a', 'a/../../a/b'])(
    'refuses %j, which climbs out',
    (name) => {
      expect(split(name)).toBe('climbs-out');
    },
  );

  test('rejects a NUL anywhere', () => {
    for (const name of ['\0', 'a\0', 'a/\0/b', 'a/b\0c']) expect(split(name)).toBe('has-nul');
  });

  test('rejects names that are too long for a system call, before normalisation', () => {
    expect(split('a'.repeat(MAX_PATH_BYTES))).toHaveLength(1);
    expect(split('a'.repeat(MAX_PATH_BYTES + 1))).toBe('too-long');
    expect(split('./'.repeat(MAX_PATH_BYTES))).toBe('too-long');
  });

  test('returns valid names, and the same ones for the joined path', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 30 });
    fc.assert(
      fc.property(name, (text) => {
        const parts = split(text);
        if (typeof parts === 'string') return;
        for (const part of parts) expect(['', '.', '..']).not.toContain(part);
        for (const part of parts) expect(part).not.toContain('/');
        expect(split(parts.join('/'))).toEqual(parts);
        expect(split(`/x/../${text}`)).toEqual(parts);
      }),
      { numRuns: runs(300, 3_000) },
    );
  });
});
