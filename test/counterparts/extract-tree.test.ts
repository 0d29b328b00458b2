import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openArchive, readImage, selectImage } from '@layers/core/image';
import { extractRootfs } from '@layers/rewrite/change';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, inject, test } from 'vitest';
import { prepare, soundArchives } from './archives.ts';
import { treeOfFolder } from './folder-tree.ts';
import { run } from './processes.ts';
import { differences, type Tree } from './tree.ts';

const scratch = useScratch();

describe.skipIf(inject('missing').length > 0).each(soundArchives())('$name', (archive) => {
  test('extracts the same tree as umoci', async () => {
    const folder = join(scratch.folder, archive.name);
    mkdirSync(folder);
    const { images } = await prepare(archive, folder);
    for (const [index, { source, skopeo }] of images.entries()) {
      const layout = join(folder, `layout-${index}`);
      const theirs = join(folder, `theirs-${index}`);
      const ours = join(folder, `ours-${index}`);
      await run('skopeo', ['--insecure-policy', 'copy', '--quiet', skopeo, `oci:${layout}:it`]);
      await run('umoci', ['raw', 'unpack', '--image', `${layout}:it`, theirs]);
      const opened = await openArchive({ path: source.path });
      const query = source.image === undefined ? {} : { image: source.image };
      const { notDoneCounts } = await extractRootfs(
        await readImage(opened, selectImage(opened, query)),
        ours,
      );
      expect(differences(await treeOfFolder(ours), withoutCapabilities(await treeOfFolder(theirs)))).toEqual(
        [],
      );
      expect([...notDoneCounts.keys()].filter((kind) => kind !== 'xattr')).toEqual([]);
      for (const path of [layout, theirs, ours]) rmSync(path, { recursive: true });
    }
  });
});

/** Node cannot set them; the report says so. */
function withoutCapabilities(tree: Tree): Tree {
  for (const entry of tree.values()) delete entry.capability;
  return tree;
}
