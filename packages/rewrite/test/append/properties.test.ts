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

/** Directories that no entry describes are described in the layer that is made, by what they are anyway. */
const described = (tree: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tree).map(([path, what]) => [path, what === 'implied' ? 'dir 755 0:0 @0.0' : what]),
  );

test('a tar that is added gives the tree that the tar would give as a layer', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, layerStack, fc.boolean(), async (stack, [added = []], packed) => {
      // A tar of nothing is a file of zeros.
      fc.pre(added.length > 0);
      const base = await imageOfTars(scratch, stack.map(buildTar));
      const tar = buildTar(added);
      const source = scratch.file(packed ? compress(tar, 'gzip') : tar, 'added');
      const plan = await planAppend(base, [{ source, destination: '/' }], []);
      fc.pre(plan.findings.every(({ code }) => code !== 'symlink-followed'));
      const wanted = await imageOfTars(scratch, [...base.layers, tar]);
      const got = await appended(scratch, base, plan);
      expect(linkless(described(await treeOf(got)))).toEqual(linkless(described(await treeOf(wanted))));
      const layer = got.union.changes.at(-1);
      expect(layer?.findings).toEqual([]);
    }),
    { numRuns: runs(40, 1000) },
  );
});

test('what mirrors a tree makes the image that tree', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, layerStack, fc.boolean(), async (stack, [added = []], diff) => {
      // A tar of nothing is a file of zeros.
      fc.pre(added.length > 0);
      const base = await imageOfTars(scratch, stack.map(buildTar));
      const tar = buildTar(added);
      const source = scratch.file(tar, 'mirrored');
      const plan = await planAppend(base, [{ source, destination: '/' }], [], { mirror: true, diff });
      const alone = await imageOfTars(scratch, [tar]);
      // A link whose target does not stand before it may name what only the image has.
      const findings = alone.union.changes.flatMap((change) => change.findings);
      fc.pre(findings.every(({ code }) => !/^link-|^dangling/.test(code)));
      const got = timeless(await treeOf(await appended(scratch, base, plan)));
      const wanted = timeless(await treeOf(alone));
      expect(Object.keys(got)).toEqual(Object.keys(wanted));
      for (const [path, what] of Object.entries(wanted)) {
        if (what !== 'implied') expect([path, got[path]]).toEqual([path, what]);
      }
    }),
    { numRuns: runs(40, 1000) },
  );
});

test('the union that is given is left as it was', async () => {
  const base = await imageOfTars(scratch, [buildTar([{ path: 'a/b' }])]);
  const source = scratch.file(buildTar([{ path: 'a/.wh.b' }, { path: 'c' }]));
  const before = await treeOf(base);
  await planAppend(base, [{ source, destination: '/' }], ['/a']);
  expect(await treeOf(base)).toEqual(before);
  expect(uniteLayers(base.union.layers, base.union).nodes.count).toBe(base.union.nodes.count);
});

/** Without the numbers that say which names share a content: a link to a lower layer makes it two. */
function linkless(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).map(([path, what]) => [path, what.replace(/^file#\d+/, 'file')]),
  );
}

function timeless(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(linkless(tree)).map(([path, what]) => [path, what.replace(/ @-?\d+\.\d+/, '')]),
  );
}
