import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '@layers/core/digest';
import { openArchive, readImage } from '@layers/core/image';
import { DOCKER_MANIFEST } from '@layers/core/oci';
import { writeImages } from '@layers/rewrite/archive';
import { repackedImage } from '@layers/rewrite/change';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { imageAsStored } from '../../src/save/image-as-stored.ts';

const example = (name: string): string =>
  fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));

const scratch = useScratch();

/** Returns the path of an archive with an OCI manifest. */
async function ociArchive(): Promise<string> {
  const { archive, description } = await open(example('demo-oci.tar'));
  const image = repackedImage(await readImage(archive, description));
  const path = join(scratch.folder, 'oci.tar');
  await writeImages([image], { kind: 'file', path, force: true }, { format: 'hybrid' });
  return path;
}

async function open(path: string) {
  const archive = await openArchive({ path });
  const [description] = archive.images;
  if (description === undefined) throw new Error('the archive has no image');
  return { archive, description };
}

test('returns an image from its documents, without reading its layers', async () => {
  const { archive, description } = await open(await ociArchive());
  const stored = imageAsStored(archive, description);
  const read = repackedImage(await readImage(archive, description));
  expect(stored?.manifest?.bytes).toEqual(read.manifest?.bytes);
  expect(digestOf(stored?.manifest?.bytes ?? new Uint8Array())).toBe(description.manifestDigest);
  expect(stored?.config([])).toEqual(description.configBytes);
  expect([stored?.tags, stored?.platform]).toEqual([read.tags, read.platform]);
  const facts = (layers: typeof read.layers) =>
    layers.map((layer) =>
      layer.kind === 'existing'
        ? [layer.digest, layer.diffId, layer.sizeBytes, layer.mediaType, layer.source]
        : null,
    );
  expect(facts(stored?.layers ?? [])).toEqual(facts(read.layers));
  for (const layer of stored?.layers ?? []) {
    if (layer.kind !== 'existing') throw new Error('the layer is generated');
    const chunks: Buffer[] = [];
    for await (const chunk of layer.chunks()) chunks.push(Buffer.from(chunk));
    expect(digestOf(Buffer.concat(chunks))).toBe(layer.digest);
  }
});

test('keeps a manifest of the type of Docker', async () => {
  const { archive, description } = await open(example('demo-oci.tar'));
  const manifest = imageAsStored(archive, description)?.manifest;
  expect(digestOf(manifest?.bytes ?? new Uint8Array())).toBe(description.manifestDigest);
  expect(manifest?.mediaType).toBe(DOCKER_MANIFEST);
});

test('returns null if the documents are not sufficient', async () => {
  const { archive, description } = await open(example('demo.tar'));
  expect(imageAsStored(archive, description)).toBe(null);
  const oci = await open(await ociArchive());
  const layers = oci.description.layers.map((layer) => ({ ...layer, diffId: null }));
  expect(imageAsStored(oci.archive, { ...oci.description, layers })).toBe(null);
  expect(imageAsStored(oci.archive, { ...oci.description, configBytes: null })).toBe(null);
});
