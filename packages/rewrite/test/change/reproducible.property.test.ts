import type { Finding } from '@layers/core/findings';
import type { ReadImage } from '@layers/core/image';
import { type Union, uniteLayers } from '@layers/core/rootfs';
import { analysed } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageOf, type Tree, treeOf, unionOf } from '../support/tree.ts';
import { repackedArchive, repackedTars } from './support.ts';

const scratch = useScratch();
const latest = fc.constantFrom(0, 1_000_000_000, 1_700_000_000);
const compressions = fc.constantFrom(null, 'gzip' as const, 'whole' as const);

/** Limits times to `until`, in whole seconds. */
function withTimes(tree: Tree, until: number): Tree {
  const entries = Object.entries(tree).map(([path, entry]) => {
    const mtime = Math.min(Number(entry['mtime']), until);
    return [path, { ...entry, mtime, ns: 0 }];
  });
  return Object.fromEntries(entries);
}

const upTo = (image: ReadImage, position: number): Union =>
  uniteLayers(unionOf(image).layers.slice(0, position + 1));

/** Findings that the layers of the input can have too, and that Docker accepts. */
const TOLERATED = new Set([
  'parent-not-directory',
  'parent-without-entry',
  'whiteout-of-nothing',
  'whiteout-with-entry',
]);

/** Docker accepts a whiteout below a file of a lower layer, but not below one of the same layer. */
const isTolerated = ({ code, message }: Finding): boolean =>
  TOLERATED.has(code) || (code === 'whiteout-below-file' && message.includes('of a lower layer'));

describe('reproducible layers of random stacks', () => {
  it('have the same tree after every layer, and do not change when repacked again', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, latest, compressions, async (layers, until, compression) => {
        const image = await imageOf(layers, scratch, compression);
        const reproducible = { latest: until };
        const tars = await repackedTars(image, { reproducible });
        const repacked = await imageOf(tars, scratch);
        expect(repacked.layers).toHaveLength(layers.length);
        for (const [i, { findings }] of unionOf(repacked).changes.entries()) {
          expect(findings.filter((finding) => !isTolerated(finding))).toEqual([]);
          const expected = withTimes(await treeOf(image, upTo(image, i)), until);
          expect(await treeOf(repacked, upTo(repacked, i))).toEqual(expected);
        }
        expect(unionOf(repacked).layers.every(({ findings }) => findings.length === 0)).toBe(true);
        expect(await repackedTars(repacked, { reproducible })).toEqual(tars);
      }),
      { numRuns: runs(35, 20_000) },
    );
  }, 1_200_000);

  it('have the same tree without waste, and do not change when repacked again', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, latest, compressions, async (layers, until, compression) => {
        const image = await imageOf(layers, scratch, compression);
        const options = { reproducible: { latest: until }, dropWaste: true };
        const tars = await repackedTars(image, options);
        const repacked = await imageOf(tars, scratch);
        expect(await treeOf(repacked)).toEqual(withTimes(await treeOf(image), until));
        const { wastedBytes } = await analysed({ path: repacked.archive.source.path });
        expect(wastedBytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(0);
        expect(await repackedTars(repacked, options)).toEqual(tars);
      }),
      { numRuns: runs(30, 20_000) },
    );
  }, 1_200_000);

  it('are the same for another order of entries, other forms of names and other times', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(layerStack, fc.infiniteStream(fc.nat(1_000_000)), async (layers, numbers) => {
        const draw = (): number => numbers.next().value ?? 0;
        const reorderedLayers = layers.map((entries) =>
          reordered(entries, draw).map((entry) => renamed(entry, draw)),
        );
        const image = await imageOf(layers, scratch);
        const other = await imageOf(reorderedLayers, scratch);
        // Skips layers whose meaning depends on the order of their entries.
        if (!layers.every((_, i) => isUnordered(image, i) && isUnordered(other, i))) return;
        if (
          JSON.stringify(withTimes(await treeOf(other), 0)) !==
          JSON.stringify(withTimes(await treeOf(image), 0))
        )
          return;
        compared++;
        const options = { reproducible: { latest: 0 } };
        expect(await repackedTars(other, options)).toEqual(await repackedTars(image, options));
      }),
      { numRuns: runs(250, 100_000) },
    );
    expect(compared).toBeGreaterThan(runs(15, 15));
  }, 1_200_000);

  it('are the same bytes for any compression of the input, with any number of threads', async () => {
    await fc.assert(
      fc.asyncProperty(
        layerStack,
        fc.constantFrom('none' as const, 'gzip' as const),
        async (layers, kind) => {
          const options = { reproducible: { latest: 0 }, compression: { kind, level: null } };
          const first = await repackedArchive(await imageOf(layers, scratch), options);
          for (const compression of ['gzip', 'whole'] as const) {
            const image = await imageOf(layers, scratch, compression);
            expect((await repackedArchive(image, options, { threads: 2 })).equals(first)).toBe(true);
          }
        },
      ),
      { numRuns: runs(8, 5_000) },
    );
  }, 1_200_000);
});

/** Shuffles entries. Links stay last and in order, because a target must precede its link. */
function reordered(entries: readonly EntrySpec[], draw: () => number): EntrySpec[] {
  const others = entries.filter(({ type }) => type !== 'link');
  const keys = new Map(others.map((entry) => [entry, draw()]));
  others.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
  return [...others, ...entries.filter(({ type }) => type === 'link')];
}

/** Writes names in another form, and other times. */
function renamed(entry: EntrySpec, draw: () => number): EntrySpec {
  const prefix = ['', './', '/', './/', './a/../'][draw() % 5] ?? '';
  const { path, mtime = 0, linkpath } = entry;
  const isLater = mtime >= 0;
  return {
    ...entry,
    path: Buffer.concat([Buffer.from(prefix), Buffer.from(path)]),
    ...(isLater ? { mtime: draw() * 1000, mtimeNs: draw() } : {}),
    ...(entry.type === 'link' && linkpath !== undefined
      ? { linkpath: Buffer.concat([Buffer.from(prefix), Buffer.from(linkpath)]) }
      : {}),
    uname: 'someone',
  };
}

const ORDERED = new Set([
  'duplicate-entry',
  'parent-not-directory',
  'link-before-target',
  'link-to-lower-layer',
  'dangling-link',
  'link-to-directory',
]);

/** Returns whether each path has one entry, and no entry depends on another one or on lower layers. */
function isUnordered(image: ReadImage, position: number): boolean {
  const changeset = unionOf(image).layers[position];
  if (changeset === undefined) return false;
  const alone = uniteLayers([changeset]);
  const placed = changeset.kind.filter((kind) => kind >= 1 && kind <= 7).length;
  let described = 0;
  for (let node = 0; node < alone.nodes.count; node++) {
    if (alone.nodes.isLive(node) && alone.nodes.layerOf(node) === 0) described++;
  }
  return (
    placed === described &&
    !alone.changes.some(({ findings }) => findings.some(({ code }) => ORDERED.has(code)))
  );
}
