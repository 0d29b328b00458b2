import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { soundArchives } from './archives.ts';
import { type Daemon, dockerAt, startDaemon } from './docker.ts';
import { layersCommand, type Source, treeOfLayers } from './layers-command.ts';
import { type Containerd, startContainerd } from './rewrite-containerd.ts';
import { containerdLoader } from './rewrite-containerd-loader.ts';
import { dockerLoader, type Loader, podmanLoader } from './rewrite-loaders.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-archives-'));

/** One archive of each producer. The first two always exist. */
const CHOSEN = new Set([
  'demo-oci.tar',
  'two-images.tar',
  'buildkit-busybox-attestation.tar',
  'docker-multi-image-symlinked-layer.tar',
  'docker113-3-images.tar',
  'docker25-hello-world.tar',
  'docker25-save-by-id-null-manifests.tar',
  'kaniko-49-layers-3-blobs.tar',
  'oci-zstd-layer.tar',
  'skopeo-docker-symlinked-layers.tar',
]);
const LOADERS = ['docker load', 'podman load', 'ctr image import'];

describe.skipIf(inject('missing').length > 0)('a rewritten archive of another producer', () => {
  // A separate daemon: images that other tests build on these could not be removed.
  let daemon: Daemon | undefined;
  let containerd: Containerd | undefined;
  let loaders: readonly Loader[] = [];

  beforeAll(async () => {
    daemon = await startDaemon();
    containerd = await startContainerd();
    const running = { runs: false };
    loaders = [
      dockerLoader(dockerAt(daemon.socket), running),
      podmanLoader(join(folder, 'podman'), running),
      containerdLoader(containerd, join(folder, 'mounts'), running),
    ];
  });
  afterAll(async () => {
    await containerd?.stop();
    await daemon?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(soundArchives().filter(({ name }) => CHOSEN.has(name)))('$name', ({ name, path }) => {
    const output = join(folder, `${name}.tar`);
    let images: { id: string; source: Source }[] = [];
    beforeAll(async () => {
      const args = ['repack', '--all', '--compression', 'gzip', '--json', path, '-o', output];
      const written: { images: { id: string }[] } = JSON.parse(await layersCommand(args));
      images = written.images.map(({ id }, index) => ({
        id,
        source: written.images.length === 1 ? { path } : { path, image: `#${index + 1}` },
      }));
    });

    it.each(LOADERS)('contains the same images for %s', async (program) => {
      const loaded = await loaders.find((loader) => loader.name === program)?.load(output, []);
      expect(loaded?.images.map(({ id }) => id).sort()).toEqual(images.map(({ id }) => id).sort());
      for (const { id, source } of images) {
        const image = loaded?.images.find((candidate) => candidate.id === id);
        expect(image?.differencesFrom(await treeOfLayers(source))).toEqual([]);
      }
    });
  });
});
