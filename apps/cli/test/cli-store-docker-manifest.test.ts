import { join } from 'node:path';
import { layers } from '@layers/testing/command';
import { blobOf, configOf, layoutOf } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, it } from 'vitest';

const DOCKER = 'application/vnd.docker';
const scratch = useScratch();

it('load and save keep the digest of a manifest of the type of docker', () => {
  const tar = buildTar([{ path: 'file' }]);
  const layer = blobOf(tar, `${DOCKER}.image.rootfs.diff.tar`);
  const config = blobOf(configOf([tar]), `${DOCKER}.container.image.v1+json`);
  const mediaType = `${DOCKER}.distribution.manifest.v2+json`;
  const manifest = blobOf(
    { schemaVersion: 2, mediaType, config: config.descriptor, layers: [layer.descriptor] },
    mediaType,
  );
  const name = { 'io.containerd.image.name': 'docker.io/library/app:1' };
  const index = layoutOf([{ ...manifest.descriptor, annotations: name }]);
  const archive = scratch.file(buildTar([...index, ...[layer, config, manifest].map(({ file }) => file)]));
  const env = { LAYERS_STORE: join(scratch.folder, 'store') };
  const loaded = layers(['load', '-i', archive, '--json'], { env });
  expect(JSON.parse(loaded.stdout).images[0].manifestDigest).toBe(manifest.digest);
  const output = join(scratch.folder, 'saved.tar');
  const saved = layers(['save', 'app:1', '-o', output, '--json'], { env });
  expect(JSON.parse(saved.stdout).images[0].manifestDigest).toBe(manifest.digest);
  expect(layers(['verify', output]).status).toBe(0);
});
