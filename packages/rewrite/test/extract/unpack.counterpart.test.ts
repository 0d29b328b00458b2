import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, inject, test } from 'vitest';
import { prepare, soundArchives } from '../../../../test/counterparts/archives.ts';
import { treeOfFolder } from '../../../../test/counterparts/folder-tree.ts';
import { run } from '../../../../test/counterparts/processes.ts';
import { differences, type Tree } from '../../../../test/counterparts/tree.ts';
import { extractArchive, fresh, missesOf } from './support/extracted.ts';

// Only the suite that has the counterparts says which of them are missing.
const missing: readonly string[] | undefined = inject('missing');
const scratch = useScratch();

describe.skipIf(missing === undefined || missing.length > 0).each(soundArchives())('$name', (archive) => {
  test('makes the tree that umoci unpacks', async () => {
    const { images } = await prepare(archive, scratch.folder);
    for (const [index, { source, skopeo }] of images.entries()) {
      const layout = join(scratch.folder, `${archive.name}-${index}`);
      const theirs = fresh(scratch);
      await run('skopeo', ['--insecure-policy', 'copy', '--quiet', skopeo, `oci:${layout}:it`]);
      await run('umoci', ['raw', 'unpack', '--image', `${layout}:it`, theirs]);
      const ours = fresh(scratch);
      const report = await extractArchive(source.path, ours, { image: source.image });
      expect(differences(await treeOfFolder(ours), withoutCapabilities(await treeOfFolder(theirs)))).toEqual(
        [],
      );
      expect({ xattr: 0, ...missesOf(report) }).toEqual({ xattr: missesOf(report)['xattr'] ?? 0 });
      for (const folder of [layout, theirs, ours]) rmSync(folder, { recursive: true });
    }
  });
});

/** Node cannot set them, which the report says. */
function withoutCapabilities(tree: Tree): Tree {
  for (const entry of tree.values()) delete entry.capability;
  return tree;
}
