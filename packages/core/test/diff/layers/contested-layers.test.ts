import { sha256 } from '@layers/testing/archive-builder';
import { diffOf, file, inWords, type PairOptions } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const ONLY = { only: ['files', 'layers'] } as const;
const declaring = (specs: readonly EntrySpec[]) => ({
  config: { rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(buildTar(specs))}`] } },
});

describe('a layer that declares the DiffID of another one', () => {
  const honest = [file('f', 'one')];
  const liar = [file('f', 'two')];

  test.each<[string, PairOptions]>([
    ['uncompressed', { verify: true, b: { form: 'legacy', ...declaring(honest) } }],
    ['compressed', { verify: true, b: { form: 'oci', compression: 'gzip', ...declaring(honest) } }],
  ])('is distinguished from it where digests are computed: %s', async (_, shapes) => {
    const { layers, list } = await diffOf(scratch, [honest], [liar], ONLY, shapes);
    expect(inWords(list)).toEqual(['~ /f content']);
    expect(layers).toMatchObject({ shared: [], onlyInA: [{ layer: 0 }], onlyInB: [{ layer: 0 }] });
  });

  test('is distinguished from it by its length, without reading', async () => {
    const longer = [file('f', 'x'.repeat(600))];
    const shapes: PairOptions = { b: { form: 'legacy', ...declaring(honest) } };
    const { layers, list } = await diffOf(scratch, [honest], [longer], ONLY, shapes);
    expect(inWords(list)).toEqual(['~ /f content size']);
    expect(layers).toMatchObject({ shared: [], onlyInA: [{ layer: 0 }], onlyInB: [{ layer: 0 }] });
  });

  test('is distinguished from it, without reading, where the digest of its blob contradicts the DiffID', async () => {
    const shapes: PairOptions = { b: { form: 'oci', ...declaring(honest) } };
    const { layers, list } = await diffOf(scratch, [honest], [liar], ONLY, shapes);
    expect(inWords(list)).toEqual(['~ /f content']);
    expect(layers).toMatchObject({ shared: [], onlyInA: [{ layer: 0 }], onlyInB: [{ layer: 0 }] });
  });
});

test('a layer has the same tree as at most one other layer', async () => {
  const layerOf = (mtime: number) => [file('f', 'one', { mtime })];
  const { layers } = await diffOf(scratch, [layerOf(1), layerOf(2)], [layerOf(3)], ONLY);
  expect(layers).toMatchObject({
    sameTree: [{ a: { layer: 0 }, b: { layer: 0 } }],
    onlyInA: [{ layer: 1 }],
    onlyInB: [],
  });
});

test.each<[string, PairOptions['a']]>([
  ['uncompressed', { form: 'legacy' }],
  ['compressed', { form: 'oci', compression: 'gzip' }],
])('an image that declares one DiffID for two layers is compared by content: %s', async (_, shape) => {
  const layers = [[file('one', '1')], [file('two', '2')]];
  const diffId = `sha256:${sha256(buildTar(layers[0] ?? []))}`;
  const config = { rootfs: { type: 'layers', diff_ids: [diffId, diffId] } };
  const claimed = { form: 'legacy', ...shape, config } as const;
  const { identical, list } = await diffOf(scratch, layers, layers, ONLY, { a: claimed, b: claimed });
  expect(list).toEqual([]);
  expect(identical).toBe(true);

  const honest = { form: 'legacy', ...shape } as const;
  const below = await diffOf(scratch, layers, layers.slice(0, 1), ONLY, { a: claimed, b: honest });
  expect(inWords(below.list)).toEqual(['- /two']);
});
