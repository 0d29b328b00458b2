import { analysed, INPUTS } from '@layers/testing/analysed';
import { ociArchive, type Stored } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { wasteDocument } from '../../../src/analysis/waste.ts';

const scratch = useScratch();

const bytes = Buffer.alloc(700_000, 'contents of some length, ');
const changedAt = (at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = 0;
  return copy;
};
const sparse = (extents: readonly (readonly [number, number])[], data: string): EntrySpec => ({
  path: 'sparse',
  data: Buffer.from(data),
  sparse: { realSize: 2000, extents },
});

const below: EntrySpec[] = [
  { path: 'same', data: bytes },
  { path: 'first', data: bytes },
  { path: 'last', data: bytes },
  { path: 'middle', data: bytes },
  { path: 'short', data: Buffer.from('ab') },
  { path: 'empty' },
  sparse([[0, 5]], 'hello'),
];
const above: EntrySpec[] = [
  { path: 'same', data: bytes, mode: 0o600 },
  { path: 'first', data: changedAt(0) },
  { path: 'last', data: changedAt(bytes.length - 1) },
  { path: 'middle', data: changedAt(262_144) },
  { path: 'short', data: Buffer.from('ac') },
  { path: 'empty', uid: 5 },
  { ...sparse([[0, 5]], 'hello'), mode: 0o600 },
];

const STORED: readonly (readonly [Stored, Stored])[] = [
  ['raw', 'raw'],
  ['raw', 'gzip'],
  ['gzip', 'raw'],
  ['gzip', 'gzip'],
];

describe.each(INPUTS)('contents in %s', (_, input) => {
  test.each(STORED)('below %s, above %s: only equal contents are the same', async (a, b) => {
    const archive = ociArchive([below, above], { stored: [a, b] });
    const { waste } = wasteDocument(await analysed(input(archive, scratch)));
    const changes = waste.map(({ path, cause, changed }) => [path, cause, ...(changed ?? [])]);
    expect(Object.fromEntries(changes.map(([path, ...rest]) => [path, rest]))).toEqual({
      '/same': ['rewritten', 'mode'],
      '/first': ['overwritten'],
      '/last': ['overwritten'],
      '/middle': ['overwritten'],
      '/short': ['overwritten'],
      '/empty': ['rewritten', 'owner'],
      '/sparse': ['rewritten', 'mode'],
    });
  });

  test.each(STORED)('below %s, above %s: sparse files are the same if map and bytes are', async (a, b) => {
    const cause = async (one: EntrySpec, other: EntrySpec): Promise<string | undefined> => {
      const archive = ociArchive([[one], [other]], { stored: [a, b] });
      return wasteDocument(await analysed(input(archive, scratch))).waste[0]?.cause;
    };
    const holes = [
      [0, 5],
      [1000, 3],
    ] as const;
    expect(await cause(sparse(holes, 'hello123'), sparse(holes, 'hello123'))).toBe('rewritten');
    expect(await cause(sparse(holes, 'hello123'), sparse(holes, 'hello124'))).toBe('overwritten');
    expect(await cause(sparse([[0, 5]], 'hello'), sparse([[7, 5]], 'hello'))).toBe('overwritten');
    const plain = { path: 'sparse', data: Buffer.alloc(2000) };
    expect(await cause(plain, sparse([[0, 5]], '\0\0\0\0\0'))).toBe('overwritten');
  });
});
