import { uniteLayers } from '@layers/core/rootfs';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { compress } from '@layers/testing/archive-builder';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planAppend } from '../../src/append/plan-append.ts';
import { appended, imageOfTars, treeOf } from './support.ts';

const scratch = useScratch();

/** Gives directories without an entry their default attributes, because the new layer has entries for them. */
const withDirectories = (tree: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tree).map(([path, what]) => [path, what === 'no entry' ? 'dir 755 0:0 @0.0' : what]),
  );

test('adding a tar has the same result as using the tar as a layer', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, layerStack, fc.boolean(), async (stack, [added = []], isCompressed) => {
      // An empty tar is not recognised as a tar.
      fc.pre(added.length > 0);
      const base = await imageOfTars(scratch, stack.map(buildTar));
      const tar = buildTar(added);
      const source = scratch.file(isCompressed ? compress(tar, 'gzip') : tar, 'added');
      const plan = await planAppend(base, [{ source, destination: '/' }], []);
      fc.pre(plan.findings.every(({ code }) => code !== 'symlink-followed'));
      const expected = await imageOfTars(scratch, [...base.layers, tar]);
      const actual = await appended(scratch, base, plan);
      expect(linkless(withDirectories(await treeOf(actual)))).toEqual(
        linkless(withDirectories(await treeOf(expected))),
      );
      const layer = actual.union.changes.at(-1);
      expect(layer?.findings).toEqual([]);
    }),
    { numRuns: runs(40, 1000) },
  );
});

test('mirroring a tar makes the image equal to the tar', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, layerStack, fc.boolean(), async (stack, [added = []], diff) => {
      // An empty tar is not recognised as a tar.
      fc.pre(added.length > 0);
      const base = await imageOfTars(scratch, stack.map(buildTar));
      const tar = buildTar(added);
      const source = scratch.file(tar, 'mirrored');
      const plan = await planAppend(base, [{ source, destination: '/' }], [], { mirror: true, diff });
      const alone = await imageOfTars(scratch, [tar]);
      // The target of a dangling link may exist in the image only.
      const findings = alone.union.changes.flatMap((change) => change.findings);
      fc.pre(findings.every(({ code }) => !/^link-|^dangling/.test(code)));
      const actual = timeless(await treeOf(await appended(scratch, base, plan)));
      const expected = timeless(await treeOf(alone));
      expect(Object.keys(actual)).toEqual(Object.keys(expected));
      for (const [path, what] of Object.entries(expected)) {
        if (what !== 'no entry') expect([path, actual[path]]).toEqual([path, what]);
      }
    }),
    { numRuns: runs(40, 1000) },
  );
});

test('the union of the image does not change', async () => {
  const base = await imageOfTars(scratch, [buildTar([{ path: 'a/b' }])]);
  const source = scratch.file(buildTar([{ path: 'a/.wh.b' }, { path: 'c' }]));
  const before = await treeOf(base);
  await planAppend(base, [{ source, destination: '/' }], ['/a']);
  expect(await treeOf(base)).toEqual(before);
  expect(uniteLayers(base.union.layers, base.union).nodes.count).toBe(base.union.nodes.count);
});

/** Removes the numbers of hard links, because a link to a file of a lower layer becomes a copy. */
function linkless(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).map(([path, what]) => [path, what.replace(/^file#\d+/, 'file')]),
  );
}

/** Removes times and the numbers of hard links. */
function timeless(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(linkless(tree)).map(([path, what]) => [path, what.replace(/ @-?\d+\.\d+/, '')]),
  );
}
