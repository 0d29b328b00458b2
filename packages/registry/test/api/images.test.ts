import { OCI_INDEX, OCI_MANIFEST } from '@layers/core/oci';
import type { Storage } from '@layers/testing/registry/api/storage';
import { digestOf } from '@layers/testing/registry/api/storage';
import { type ImageToPush, pushedImage } from '@layers/testing/registry/pushed-image';
import { buildTar } from '@layers/testing/tar-builder';
import { afterEach, describe, expect, test } from 'vitest';
import { pullImages, pushImages } from '../../src/api/images.ts';
import { closeAll, startWithClient } from '../test-client.ts';

afterEach(closeAll);

const bytesOf = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 3)}\n`);

/** Adds an index with a nested index of two platforms, an attestation and an annotation, under the tag `v1`. */
function addIndex(storage: Storage): readonly string[] {
  const image = (architecture: string): object => {
    const spec: ImageToPush = { architecture, layers: [buildTar([{ path: architecture }])] };
    const { digest, size } = pushedImage(storage, 'team/app', null, spec);
    return { mediaType: OCI_MANIFEST, digest, size, platform: { os: 'linux', architecture } };
  };
  const document = (mediaType: string, value: object, tag: string | null = null): object => {
    const bytes = bytesOf({ schemaVersion: 2, mediaType, ...value });
    return {
      mediaType,
      digest: storage.addManifest('team/app', tag, { mediaType, bytes }),
      size: bytes.length,
    };
  };
  const blob = (mediaType: string, value: object): object => {
    const bytes = bytesOf(value);
    return { mediaType, digest: storage.addBlob('team/app', bytes), size: bytes.length };
  };
  const manifests = [image('amd64'), image('arm64')];
  const nested = document(OCI_INDEX, { manifests });
  const attestation = document(OCI_MANIFEST, {
    config: blob('application/vnd.oci.image.config.v1+json', { rootfs: { type: 'layers', diff_ids: [] } }),
    layers: [blob('application/vnd.in-toto+json', { _type: 'https://in-toto.io/Statement/v0.1' })],
  });
  const about = {
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  };
  document(
    OCI_INDEX,
    { manifests: [nested, { ...attestation, ...about }], annotations: { made: 'by hand' } },
    'v1',
  );
  return [...storage.repository('team/app').manifests.keys()];
}

describe('an image for several platforms', () => {
  test('is pushed with the index that it was pulled with, and everything in it', async () => {
    const from = await startWithClient();
    const to = await startWithClient();
    const manifests = addIndex(from.registry.storage);
    const images = await pullImages(from.client.client, `${from.registry.domain}/team/app:v1`, { all: true });
    expect(images.map(({ platform }) => platform?.architecture)).toEqual(['amd64', 'arm64']);
    const pushed = await pushImages(to.client.client, `${to.registry.domain}/team/app:v2`, images);
    const [before, after] = [from, to].map(({ registry }) => registry.storage.repository('team/app'));
    expect(pushed.digest).toBe(before?.tags.get('v1'));
    expect(after?.tags).toEqual(new Map([['v2', pushed.digest]]));
    expect(new Set(after?.manifests.keys())).toEqual(new Set(manifests));
    expect(new Set(after?.blobs.keys())).toEqual(new Set(before?.blobs.keys()));
    for (const digest of manifests) {
      expect(digestOf(after?.manifests.get(digest)?.bytes ?? Buffer.alloc(0))).toBe(digest);
      expect(after?.manifests.get(digest)?.mediaType).toBe(before?.manifests.get(digest)?.mediaType);
    }
  });

  test('has a new index where its own does not apply', async () => {
    const { registry, client } = await startWithClient();
    addIndex(registry.storage);
    const images = await pullImages(client.client, `${registry.domain}/team/app:v1`, { all: true });
    const index = { original: null, nested: [], attached: [] };
    const name = `${registry.domain}/other:v1`;
    const pushed = await pushImages(
      client.client,
      name,
      images.map((image) => ({ ...image, index })),
    );
    const bare = await pushImages(
      client.client,
      name,
      images.map((image) => ({ ...image, index: undefined })),
    );
    expect(pushed.digest).toBe(bare.digest);
    expect(registry.storage.repository('other').manifests.size).toBe(3);
  });

  test('is pulled without its index for one platform', async () => {
    const { registry, client } = await startWithClient();
    addIndex(registry.storage);
    const images = await pullImages(client.client, `${registry.domain}/team/app:v1`, {
      platform: 'linux/arm64',
    });
    expect(images.map(({ index }) => index)).toEqual([undefined]);
  });
});

test('images of two indexes are refused under one name, before anything is sent', async () => {
  const { registry, client } = await startWithClient();
  addIndex(registry.storage);
  const name = `${registry.domain}/team/app:v1`;
  const all = [
    ...(await pullImages(client.client, name, { all: true })),
    ...(await pullImages(client.client, name, { all: true })),
  ];
  registry.log.clear();
  await expect(pushImages(client.client, `${registry.domain}/other:v1`, all)).rejects.toMatchObject({
    code: 'ERR_LAYERS_USAGE',
  });
  expect(registry.log.lines()).toEqual([]);
});
