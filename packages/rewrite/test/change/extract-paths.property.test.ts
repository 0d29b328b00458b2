import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadImage } from '@layers/core/image';
import { NONE, nodePath, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { analysed } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { needsThat } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { extractRootfs } from '../../src/change/extract.ts';
import { extractTree } from '../../src/extract/extract-tree.ts';
import { planTree } from '../../src/plan/plan-tree.ts';
import { readDisk } from '../extract/support/disk-tree.ts';

// A process for each file with extended attributes takes long. Other tests set them.
vi.mock('../../src/extract/xattr-writer.ts', () => ({
  createXattrWriter: () => ({
    set: (_: number, xattrs: ReadonlyMap<string, Uint8Array>) => ({ xattrs, why: 'not here' }),
  }),
}));

const scratch = useScratch();
const isRoot = process.geteuid?.() === 0;

test('a directory has all that is below it, with links to what is elsewhere and the attributes of its parents', async () => {
  const archive = scratch.file(
    buildDockerArchive(
      {
        images: [
          {
            tags: [],
            layers: [
              buildTar([
                { path: 'usr', type: 'directory', mode: 0o711, mtime: 5 },
                { path: 'usr/lib', type: 'directory', mode: 0o700 },
                { path: 'usr/lib/a', data: Buffer.from('a') },
                { path: 'usr/lib/b', data: Buffer.from('b') },
                { path: 'usr/lib/c/d', data: Buffer.from('d') },
                { path: 'bin/tool', data: Buffer.from('tool'), mode: 0o755 },
                { path: 'usr/lib/one', type: 'link', linkpath: 'bin/tool' },
                { path: 'usr/lib/two', type: 'link', linkpath: 'usr/lib/one' },
                { path: 'usr/share/x', data: Buffer.from('x') },
              ]),
              buildTar([{ path: 'usr/lib/.wh.a' }, { path: 'usr/lib/c/e', data: Buffer.from('e') }]),
            ],
          },
        ],
      },
      { form: 'hybrid' },
    ),
  );
  const { image, union } = await analysed({ path: archive });
  const usr = { path: '/usr', type: 'directory', mode: 0o711 };
  expect(await expectSame(image, union, [Buffer.from('usr/lib/')])).toMatchObject([
    { path: '' },
    usr,
    { path: '/usr/lib', mode: 0o700 },
    { path: '/usr/lib/b', content: 'b' },
    { path: '/usr/lib/c' },
    { path: '/usr/lib/c/d', content: 'd' },
    { path: '/usr/lib/c/e', content: 'e' },
    { path: '/usr/lib/one', content: 'tool', mode: 0o755, inode: 7 },
    { path: '/usr/lib/two', content: 'tool', mode: 0o755, inode: 7 },
  ]);
  expect(await expectSame(image, union, [Buffer.from('/usr/lib/two')])).toMatchObject([
    { path: '' },
    usr,
    { path: '/usr/lib', mode: 0o700 },
    { path: '/usr/lib/two', content: 'tool' },
  ]);
});

test('paths that are extracted alone are as if all layers were merged first', {
  ...needsThat(isRoot, 'owners and devices need root'),
  timeout: 1_200_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      layerStack,
      fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      async (layers, chosen) => {
        const image = { tags: ['a:1'], layers: layers.map(buildTar) };
        const archive = scratch.file(buildDockerArchive({ images: [image] }, { form: 'hybrid' }));
        const { image: read, union } = await analysed({ path: archive });
        const nodes = [...walkNodes(union, ROOT)];
        // Half of them directories with something in them.
        const filled = nodes.filter((node) => union.nodes.firstChild(node) !== NONE);
        const all = [...nodes, ...nodes.flatMap((_, i) => filled[i % filled.length] ?? [])].map((node) =>
          nodePath(union, node),
        );
        if (all.length === 0) return;
        await expectSame(
          read,
          union,
          chosen.map((i) => all[i % all.length] ?? new Uint8Array(0)),
        );
        rmSync(archive);
      },
    ),
    { numRuns: runs(200, 3000) },
  );
});

/** Extracts paths with and without merging all layers. Returns what both extracted. */
async function expectSame(
  image: ReadImage,
  union: Union,
  paths: readonly Uint8Array[],
): Promise<readonly unknown[]> {
  const alone = join(scratch.folder, 'alone');
  const merged = join(scratch.folder, 'merged');
  const options = { paths, sameOwner: isRoot };
  const report = await extractRootfs(image, alone, options);
  expect(report).toEqual(await extractTree(image, union, planTree(union), merged, options));
  const tree = treeOf(alone);
  expect(tree).toEqual(treeOf(merged));
  for (const directory of [alone, merged]) rmSync(directory, { recursive: true });
  return tree;
}

/** The files of a directory with their contents. Hard links have the number of the first of their paths. */
function treeOf(directory: string): readonly unknown[] {
  const inodes: string[] = [];
  return [...readDisk(directory)].map(([path, { inode, blocks: _, ...file }]) => {
    if (!inodes.includes(inode)) inodes.push(inode);
    // The directory itself is not extracted: it has the time of the test.
    if (path === '') return { path };
    const content =
      file.type === 'file'
        ? readFileSync(Buffer.from(`${directory}${path}`, 'latin1')).toString('latin1')
        : '';
    return { path, ...file, content, inode: inodes.indexOf(inode) };
  });
}
