import type { ReadImage } from '@layers/core/image';
import { type Union, uniteLayers } from '@layers/core/rootfs';
import { analysed } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import type { Member } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageOf, type Tree, treeOf, unionOf } from '../support/tree.ts';
import { repackedArchive, repackedTars } from './support.ts';

const scratch = useScratch();
const latest = fc.constantFrom(0, 1_000_000_000, 1_700_000_000);
const way = fc.constantFrom(null, 'gzip' as const, 'whole' as const);

/** The tree as it is meant to be: whole seconds, none later than `latest`. */
function withTimes(tree: Tree, until: number): Tree {
  const entries = Object.entries(tree).map(([path, entry]) => {
    const mtime = Math.min(Number(entry['mtime']), until);
    return [path, { ...entry, mtime, ns: 0 }];
  });
  return Object.fromEntries(entries);
}

const upTo = (image: ReadImage, position: number): Union =>
  uniteLayers(unionOf(image).layers.slice(0, position + 1));

/** What Docker takes, and what no canonical layer needs. */
const TOLERATED = new Set(['parent-not-directory', 'whiteout-of-nothing', 'whiteout-with-entry']);

describe('reproducible layers of random stacks', () => {
  it('make the same tree with every layer, and are themselves reproduced as they are', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, latest, way, async (layers, until, packed) => {
        const image = await imageOf(layers, scratch, packed);
        const reproducible = { latest: until };
        const tars = await repackedTars(image, { reproducible });
        const again = await imageOf(tars, scratch);
        expect(again.layers).toHaveLength(layers.length);
        for (const [i, { findings }] of unionOf(again).changes.entries()) {
          expect(findings.filter(({ code }) => !TOLERATED.has(code))).toEqual([]);
          const expected = withTimes(await treeOf(image, upTo(image, i)), until);
          expect(await treeOf(again, upTo(again, i))).toEqual(expected);
        }
        expect(unionOf(again).layers.every(({ findings }) => findings.length === 0)).toBe(true);
        expect(await repackedTars(again, { reproducible })).toEqual(tars);
      }),
      { numRuns: runs(35, 20_000) },
    );
  }, 1_200_000);

  it('make the same tree without waste, and are themselves reproduced as they are', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, latest, way, async (layers, until, packed) => {
        const image = await imageOf(layers, scratch, packed);
        const options = { reproducible: { latest: until }, dropWaste: true };
        const tars = await repackedTars(image, options);
        const again = await imageOf(tars, scratch);
        expect(await treeOf(again)).toEqual(withTimes(await treeOf(image), until));
        const { wastedBytes } = await analysed({ path: again.archive.source.path });
        expect(wastedBytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(0);
        expect(await repackedTars(again, options)).toEqual(tars);
      }),
      { numRuns: runs(30, 20_000) },
    );
  }, 1_200_000);

  it('are the same for entries in another order, names in another spelling and other times', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(layerStack, fc.infiniteStream(fc.nat(1_000_000)), async (layers, numbers) => {
        const draw = (): number => numbers.next().value ?? 0;
        const other = layers.map((members) =>
          reordered(members, draw).map((member) => respelled(member, draw)),
        );
        const image = await imageOf(layers, scratch);
        const twin = await imageOf(other, scratch);
        // Where the order says something, another one says something else.
        if (!layers.every((_, i) => isUnordered(image, i) && isUnordered(twin, i))) return;
        if (
          JSON.stringify(withTimes(await treeOf(twin), 0)) !==
          JSON.stringify(withTimes(await treeOf(image), 0))
        )
          return;
        compared++;
        const options = { reproducible: { latest: 0 } };
        expect(await repackedTars(twin, options)).toEqual(await repackedTars(image, options));
      }),
      { numRuns: runs(250, 100_000) },
    );
    expect(compared).toBeGreaterThan(runs(15, 15));
  }, 1_200_000);

  it('are the same bytes in every packing of the input, with any number of threads', async () => {
    await fc.assert(
      fc.asyncProperty(
        layerStack,
        fc.constantFrom('none' as const, 'gzip' as const),
        async (layers, kind) => {
          const options = { reproducible: { latest: 0 }, compression: { kind, level: null } };
          const first = await repackedArchive(await imageOf(layers, scratch), options);
          for (const packed of ['gzip', 'whole'] as const) {
            const image = await imageOf(layers, scratch, packed);
            expect((await repackedArchive(image, options, { threads: 2 })).equals(first)).toBe(true);
          }
        },
      ),
      { numRuns: runs(8, 5_000) },
    );
  }, 1_200_000);
});

/** Links stay behind everything else and in their order, since they can name only what is there. */
function reordered(members: readonly Member[], draw: () => number): Member[] {
  const others = members.filter(({ type }) => type !== 'link');
  const keys = new Map(others.map((member) => [member, draw()]));
  others.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
  return [...others, ...members.filter(({ type }) => type === 'link')];
}

function respelled(member: Member, draw: () => number): Member {
  const before = ['', './', '/', './/', './a/../'][draw() % 5] ?? '';
  const { path, mtime = 0, linkpath } = member;
  const isLater = mtime >= 0;
  return {
    ...member,
    path: Buffer.concat([Buffer.from(before), Buffer.from(path)]),
    ...(isLater ? { mtime: draw() * 1000, mtimeNs: draw() } : {}),
    ...(member.type === 'link' && linkpath !== undefined
      ? { linkpath: Buffer.concat([Buffer.from(before), Buffer.from(linkpath)]) }
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

/** Whether no entry of the layer comes to another one's path or leads into what is below. */
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
