import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Archive, type Prepared, prepare, soundArchives } from './archives.ts';
import { treeOfFolder } from './folder-tree.ts';
import { inspect, treeOfLayers } from './layers-command.ts';
import { run } from './processes.ts';
import { differences } from './tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-unpack-test-'));
const podmanState = join(folder, 'podman');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => rmSync(podmanState, { recursive: true, force: true }));

/** Podman with a store of its own, which needs neither overlay mounts nor the machine's store. */
async function podman(...args: string[]): Promise<string> {
  const store = ['--root', join(podmanState, 'root'), '--runroot', join(podmanState, 'run')];
  const state = ['--storage-driver', 'vfs', '--tmpdir', join(podmanState, 'tmp'), '--events-backend', 'none'];
  return (await run('podman', [...store, ...state, ...args])).toString().trim();
}

async function skopeo(...args: string[]): Promise<string> {
  return (await run('skopeo', ['--insecure-policy', ...args])).toString();
}

describe.skipIf(inject('missing').length > 0).each(soundArchives())('$name', (archive: Archive) => {
  let prepared: Prepared = { file: '', images: [] };
  beforeAll(async () => {
    prepared = await prepare(archive, folder);
  });

  it('lists the files that umoci unpacks', async () => {
    for (const [index, image] of prepared.images.entries()) {
      const layout = join(folder, `${archive.name}-${index}`);
      const unpacked = `${layout}.rootfs`;
      await skopeo('copy', '--quiet', image.skopeo, `oci:${layout}:it`);
      await run('umoci', ['raw', 'unpack', '--image', `${layout}:it`, unpacked]);
      const ours = await treeOfLayers(image.source);
      expect(differences(ours, await treeOfFolder(unpacked))).toEqual([]);
      rmSync(layout, { recursive: true });
      rmSync(unpacked, { recursive: true });
    }
  });

  it('lists the same layers as skopeo', async () => {
    for (const image of prepared.images) {
      const ours = await inspect(image.source);
      const config: { rootfs: { diff_ids: string[] | null } } = JSON.parse(
        await skopeo('inspect', '--config', image.skopeo),
      );
      expect(ours.layers.map((layer) => layer.diffId)).toEqual(config.rootfs.diff_ids ?? []);
      if (archive.form === 'docker-archive') continue;
      const stored: { Layers: string[] } = JSON.parse(
        await skopeo('inspect', `${archive.form}:${archive.path}`),
      );
      expect(ours.layers.map((layer) => layer.digest)).toEqual(stored.Layers);
    }
  });

  it('prints the id of the image in podman', async () => {
    await podman('load', '--quiet', '--input', prepared.file);
    const known = (await podman('images', '--all', '--quiet', '--no-trunc')).split('\n');
    for (const image of prepared.images) {
      expect(known).toContain((await inspect(image.source)).image.id);
    }
  });
});
