import { diffOf, file, type PairOptions } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const RAW: PairOptions['a'] = { form: 'legacy' };
const GZIP: PairOptions['a'] = { form: 'oci', compression: 'gzip' };
const BASE = [file('f', 'one')];
const TOP = [file('g', 'two')];

describe('layers that are the same', () => {
  test.each<[string, PairOptions, boolean]>([
    ['not read: only their headers', { a: RAW, b: RAW }, true],
    ['read from one image alone', { a: RAW, b: GZIP }, true],
    ['compressed, read from one image alone', { a: GZIP, b: GZIP }, true],
    ['read from both', { a: RAW, b: RAW, verify: true }, false],
    ['compressed, read from both', { a: GZIP, b: GZIP, verify: true }, false],
  ])('%s', async (_, shapes, expected) => {
    const document = await diffOf(scratch, [BASE, TOP], [BASE, TOP], { ignore: ['config'] }, shapes);
    expect(document).toMatchObject({ identical: true, byDeclaredDigests: expected });
    expect(document.layers?.shared.map(({ computed }) => computed)).toEqual([!expected, !expected]);
  });
});

test('only layers of both images count', async () => {
  expect(await diffOf(scratch, [BASE], [TOP])).toMatchObject({ byDeclaredDigests: false });
  expect(await diffOf(scratch, [BASE], [BASE, TOP])).toMatchObject({
    identical: false,
    byDeclaredDigests: true,
  });
});

test.each([
  [['files'], true],
  [['layers'], true],
  [['packages'], true],
  [['config', 'history'], false],
] as const)('only sections that depend on layers count: %j', async (only, expected) => {
  expect((await diffOf(scratch, [BASE], [BASE], { only })).byDeclaredDigests).toBe(expected);
});
