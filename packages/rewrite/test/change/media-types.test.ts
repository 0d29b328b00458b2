import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openImage } from '@layers/core';
import { openArchive, type ReadImage, readImage } from '@layers/core/image';
import { configureImage, repackImage, squashImage, writeImage } from '@layers/rewrite';
import { copiedImage } from '@layers/rewrite/change';
import { blobOf, configOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const LAYER = `${OCI}.layer.v1.tar`;
const FOREIGN = `${OCI}.layer.nondistributable.v1.tar`;
const DOCKER = 'application/vnd.docker.image.rootfs';
const scratch = useScratch();
let outputs = 0;

const one = buildTar([{ path: 'one' }]);
const two = buildTar([{ path: 'two' }]);

/** Writes an image whose second layer has a declared media type, and returns the path. */
function archiveOf(
  declared: string,
  isCompressed: boolean,
  manifestType = `${OCI}.manifest.v1+json`,
): string {
  const layers = [blobOf(one, LAYER), blobOf(isCompressed ? gzipSync(two) : two, declared)];
  const config = blobOf(configOf([one, two]), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    {
      schemaVersion: 2,
      mediaType: manifestType,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
    },
    manifestType,
  );
  const files = [config, manifest, ...layers].map(({ file }) => file);
  return scratch.file(buildTar([...layoutOf([manifest.descriptor]), ...files]), `in-${outputs++}`);
}

async function typeAfter(change: (path: string) => ReturnType<typeof squashImage>, path: string) {
  const output = join(scratch.folder, `out-${outputs++}`);
  await writeImage(await change(path), output);
  const { manifest } = await openImage(output);
  return manifest?.layers.at(-1)?.mediaType;
}

describe('a kept layer', () => {
  it.each([
    [`${LAYER}+gzip`, false, LAYER],
    [LAYER, true, `${LAYER}+gzip`],
    [`${LAYER}+zstd`, true, `${LAYER}+gzip`],
    ['application/octet-stream', true, `${LAYER}+gzip`],
    [`${LAYER.toUpperCase()}; charset=binary`, false, LAYER],
    [`${FOREIGN}+gzip`, false, FOREIGN],
    [`${DOCKER}.diff.tar.gzip`, false, LAYER],
    [`${DOCKER}.foreign.diff.tar.gzip`, true, `${FOREIGN}+gzip`],
  ])('that is declared as %s (gzip: %s) becomes %s', async (declared, isCompressed, type) => {
    const path = archiveOf(declared, isCompressed);
    expect(
      await typeAfter(async (file) => configureImage(await openImage(file), { edits: { user: '1' } }), path),
    ).toBe(type);
    expect(
      await typeAfter(
        async (file) => squashImage(await openImage(file), { to: 0, step: { comment: 'x' } }),
        path,
      ),
    ).toBe(type);
    if (declared.startsWith(DOCKER) && isCompressed) return;
    expect(await typeAfter(async (file) => repackImage(await openImage(file)), path)).toBe(type);
  });

  it('keeps its manifest where only the image is copied', async () => {
    const path = archiveOf(`${LAYER}+gzip`, false);
    const archive = await openArchive({ path });
    const [description] = archive.images;
    const image: ReadImage | null = description === undefined ? null : await readImage(archive, description);
    expect(image === null ? null : copiedImage(image).manifest?.bytes).toBeInstanceOf(Uint8Array);
    expect((await repackImage(await openImage(path))).manifest).toBeNull();
    const right = await repackImage(await openImage(archiveOf(`${LAYER}+gzip`, true)));
    expect(right.manifest).not.toBeNull();
  });
});
