import { join } from 'node:path';
import { openImage } from '@layers/core';
import { appendLayer, configureImage, repackImage, squashImage, writeImage } from '@layers/rewrite';
import { blobOf, configOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const DOCKER = 'application/vnd.docker';
const scratch = useScratch();
let outputs = 0;
const newOutput = (): string => join(scratch.folder, `output-${outputs++}`);

const tars = ['one', 'two', 'three'].map((path) => buildTar([{ path }]));
const FIELDS = {
  urls: ['https://example.org/layer'],
  annotations: { 'org.example.toc': 'sha256:1' },
  'org.example.unknown': [1],
};

/** Opens an image whose layers have further fields in their descriptors. */
function open(manifestType: string, configType: string, layerType: string) {
  const layers = tars.map((tar) => blobOf(tar, layerType));
  const config = blobOf(configOf(tars), configType);
  const manifest = blobOf(
    {
      schemaVersion: 2,
      mediaType: manifestType,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => ({ ...descriptor, ...FIELDS })),
    },
    manifestType,
  );
  const files = [config, manifest, ...layers].map(({ file }) => file);
  return openImage(scratch.file(buildTar([...layoutOf([manifest.descriptor]), ...files]), `in-${outputs++}`));
}

const openOci = () => open(`${OCI}.manifest.v1+json`, `${OCI}.config.v1+json`, `${OCI}.layer.v1.tar`);
const openDocker = () =>
  open(
    `${DOCKER}.distribution.manifest.v2+json`,
    `${DOCKER}.container.image.v1+json`,
    `${DOCKER}.image.rootfs.diff.tar`,
  );

describe.each([
  ['OCI', openOci],
  ['docker', openDocker],
])('a manifest of the type of %s', (_, openIt) => {
  it('keeps its bytes if nothing changes', async () => {
    const image = await openIt();
    const output = newOutput();
    const written = await writeImage(await repackImage(image), output);
    expect(written.manifestDigest).toBe(image.digest);
    const again = await openImage(output);
    expect(again.digest).toBe(image.digest);
    expect(Buffer.from(again.rawManifest ?? [])).toEqual(Buffer.from(image.rawManifest ?? []));
  });

  it.each([
    ['config', (image) => configureImage(image, { edits: { user: '1' } }), 3],
    ['append', async (image) => (await appendLayer(image, { additions: [], deletions: ['one'] })).image, 3],
    ['squash', (image) => squashImage(image, { from: 1 }), 1],
  ] as [string, (image: Awaited<ReturnType<typeof openOci>>) => ReturnType<typeof squashImage>, number][])(
    'keeps all fields of the layers that %s keeps',
    async (_name, change, kept) => {
      const image = await openIt();
      const output = newOutput();
      await writeImage(await change(image), output);
      const { manifest } = await openImage(output);
      const before = image.manifest?.layers.slice(0, kept);
      const after = manifest?.layers ?? [];
      expect(after.slice(0, kept)).toEqual(
        before?.map((layer) => ({ ...layer, mediaType: `${OCI}.layer.v1.tar` })),
      );
      for (const layer of after.slice(kept))
        expect(Object.keys(layer)).toEqual(['mediaType', 'digest', 'size']);
    },
  );
});
