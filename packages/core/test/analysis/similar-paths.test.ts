import { describe, expect, it } from 'vitest';
import { editDistance, similarPaths } from '../../src/analysis/similar-paths.ts';
import { unite } from '../rootfs/union-helpers.ts';

describe('similarPaths', () => {
  it.each([
    ['/etc/pasword', ['/etc/passwd']],
    ['/ect', ['/etc']],
    ['/etc/PASSWD', ['/etc/passwd']],
    ['/etc/nothing-like-it', []],
    ['/absent/passwd', []],
    ['/usr/bin/pyhton3', ['/usr/bin/python3']],
  ])('of %s are %j', (path, expected) => {
    const paths = ['etc/passwd', 'etc/group', 'opt/x', 'usr/bin/python3', 'usr/bin/perl'];
    expect(similarPaths(unite([paths.map((each) => ({ path: each }))]), path)).toEqual(expected);
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %i', (a, b, distance) => {
    expect([editDistance(a, b), editDistance(b, a)]).toEqual([distance, distance]);
  });
});
