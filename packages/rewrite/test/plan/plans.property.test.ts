import type { ReadImage } from '@layers/core/image';
import { uniteLayers } from '@layers/core/rootfs';
import { analysed } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { collect } from '@layers/testing/new-images';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitTar } from '../../src/emit/emit-tar.ts';
import { plannedTarBytes } from '../../src/emit/segments.ts';
import { planSquash } from '../../src/plan/plan-squash.ts';
import { planTree } from '../../src/plan/plan-tree.ts';
import { planWithoutWaste } from '../../src/plan/plan-without-waste.ts';
import { inTreeOrder } from '../../src/plan/tree-order.ts';
import type { TreePlan } from '../../src/plan/tree-plan.ts';
import { imageOf, treeOf, unionOf } from '../support/tree.ts';

const scratch = useScratch();

async function emitted(image: ReadImage, plan: TreePlan, union = unionOf(image)): Promise<Buffer> {
  const tar = await collect(emitTar(image, union, plan));
  expect(tar.length).toBe(plannedTarBytes(union, plan));
  return tar;
}

const compressions = fc.constantFrom(null, 'gzip' as const, 'whole' as const);

describe('plans of random layers', () => {
  it('give one tar with the same tree, which Docker accepts', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, compressions, async (layers, compression) => {
        const image = await imageOf(layers, scratch, compression);
        const tar = await emitted(image, planTree(unionOf(image)));
        const planned = await imageOf([tar], scratch);
        expect(await treeOf(planned)).toEqual(await treeOf(image));
        expect(unionOf(planned).changes[0]?.findings).toEqual([]);
        if (compression !== null) return;
        const sorted = await emitted(image, inTreeOrder(unionOf(image), planTree(unionOf(image))));
        const inOrder = await imageOf([sorted], scratch);
        expect(await treeOf(inOrder)).toEqual(await treeOf(image));
        expect(unionOf(inOrder).changes[0]?.findings).toEqual([]);
      }),
      { numRuns: runs(300, 20_000) },
    );
  }, 1_200_000);

  it('squash a range of layers into one with the same effect', async () => {
    const range = fc.tuple(fc.nat(4), fc.nat(4));
    await fc.assert(
      fc.asyncProperty(layerStack, range, compressions, async (layers, [a, b], compression) => {
        const last = layers.length - 1;
        const [from, to] = [Math.min(a, b, last), Math.min(Math.max(a, b), last)];
        const image = await imageOf(layers, scratch, compression);
        const changesets = unionOf(image).layers;
        const below = uniteLayers(changesets.slice(0, from));
        const above = uniteLayers(changesets.slice(0, to + 1), below);
        const merged = await emitted(image, planSquash(below, above), above);
        const stack = [...layers.slice(0, from).map(buildTar), merged, ...layers.slice(to + 1).map(buildTar)];
        const planned = await imageOf(stack, scratch);
        const findings = unionOf(planned).changes[from]?.findings ?? [];
        const ofSource = new Set(['parent-not-directory', 'parent-without-entry']);
        expect(findings.filter(({ code }) => !ofSource.has(code))).toEqual([]);
        expect(await treeOf(planned, uniteLayers(unionOf(planned).layers.slice(0, from + 1)))).toEqual(
          await treeOf(image, above),
        );
        expect(await treeOf(planned)).toEqual(await treeOf(image));
      }),
      { numRuns: runs(300, 20_000) },
    );
  }, 1_200_000);

  it('without waste have the same tree in the same number of layers', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, compressions, async (layers, compression) => {
        const image = await imageOf(layers, scratch, compression);
        const stack: (Uint8Array | EntrySpec[])[] = [];
        for (const [i, plan] of planWithoutWaste(unionOf(image)).entries()) {
          stack.push(plan === null ? (layers[i] ?? []) : await emitted(image, plan));
        }
        const planned = await imageOf(stack, scratch);
        expect(planned.layers).toHaveLength(layers.length);
        expect(await treeOf(planned)).toEqual(await treeOf(image));
        const { totals, wastedBytes } = await analysed({ path: planned.archive.source.path });
        expect(wastedBytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(0);
        expect(totals.rootfsBytes).toBe(
          (await analysed({ path: image.archive.source.path })).totals.rootfsBytes,
        );
      }),
      { numRuns: runs(300, 20_000) },
    );
  }, 1_200_000);
});

describe('a plan for each layer', () => {
  it('has no link to a name of a later layer', async () => {
    const image = await imageOf(
      [
        [
          { path: 'c/b', data: Buffer.from('x') },
          { path: 'a', type: 'link', linkpath: 'c/b' },
          { path: 'c' },
        ],
        [{ path: 'c/b', type: 'link', linkpath: 'a' }],
      ],
      scratch,
    );
    const stack: Uint8Array[] = [];
    for (const plan of planWithoutWaste(unionOf(image))) {
      if (plan === null) throw new Error('both layers change');
      stack.push(await emitted(image, plan));
    }
    expect(await treeOf(await imageOf(stack, scratch))).toEqual(await treeOf(image));
  });
});
