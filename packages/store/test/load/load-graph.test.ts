import { digestOf } from '@layers/core/digest';
import { OCI_INDEX, OCI_MANIFEST } from '@layers/core/oci';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { listImages } from '../../src/images/list-images.ts';
import { openStore } from '../../src/layout/open-store.ts';
import { type LoadableGraph, loadGraph } from '../../src/load/load-graph.ts';

const scratch = useScratch();
let stores = 0;
const newStore = () => openStore(`${scratch.folder}/store-${stores++}`, { create: true });

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

function documentOf(mediaType: string, value: object) {
  const bytes = json({ schemaVersion: 2, mediaType, ...value });
  return { mediaType, bytes, digest: digestOf(bytes) };
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10) yield bytes.subarray(at, at + 10);
}

/** @param sent what is read in place of the layer of the second platform */
function twoPlatforms(sent?: Uint8Array): LoadableGraph {
  const images = ['amd64', 'arm64'].map((architecture) => {
    const layer = Buffer.from(`the layer of ${architecture}`);
    const config = json({
      architecture,
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    });
    const described = (bytes: Uint8Array, mediaType: string) => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
    });
    const manifest = documentOf(OCI_MANIFEST, {
      config: described(config, 'application/vnd.oci.image.config.v1+json'),
      layers: [described(layer, 'application/vnd.oci.image.layer.v1.tar')],
    });
    return { architecture, layer, config, manifest };
  });
  const root = documentOf(OCI_INDEX, {
    manifests: images.map(({ architecture, manifest }) => ({
      mediaType: OCI_MANIFEST,
      digest: manifest.digest,
      size: manifest.bytes.length,
      platform: { architecture, os: 'linux' },
    })),
  });
  const blobs = images.flatMap(({ layer, config, architecture }) =>
    [layer, config].map((bytes) => ({
      digest: digestOf(bytes),
      sizeBytes: bytes.length,
      chunks: () => chunksOf(bytes === layer && architecture === 'arm64' ? (sent ?? bytes) : bytes),
    })),
  );
  return { root, documents: images.map(({ manifest }) => manifest), blobs };
}

describe('loadGraph', () => {
  it('gives all platforms the name, and their index', async () => {
    const store = newStore();
    const graph = twoPlatforms();
    const { blobs } = await loadGraph(store, graph, 'app:1');
    expect(blobs).toMatchObject({ written: 7, reused: 0 });
    const images = listImages(store);
    expect(
      images.map(({ refs, platform, indexDigests }) => [refs, platform?.architecture, indexDigests]),
    ).toEqual([
      [['app:1'], 'amd64', [graph.root.digest]],
      [['app:1'], 'arm64', [graph.root.digest]],
    ]);
    const again = await loadGraph(store, graph, 'app:1');
    expect(again).toMatchObject({ blobs: { written: 0, reused: 7 }, displaced: [] });
  });

  it('moves a name, and says from where', async () => {
    const store = newStore();
    const graph = twoPlatforms();
    const [single] = graph.documents;
    if (single === undefined) throw new Error('no manifest');
    await loadGraph(store, { ...graph, root: single, documents: [] }, 'app:1');
    expect((await loadGraph(store, graph, 'app:1')).displaced).toEqual([single.digest]);
  });

  it.each([
    ['other bytes', Buffer.from('THE layer of arm64')],
    ['more bytes', Buffer.from('the layer of arm64, and more')],
    ['fewer bytes', Buffer.from('the layer')],
  ])('names nothing where a blob has %s', async (_, sent) => {
    const store = newStore();
    const loading = loadGraph(store, twoPlatforms(sent), 'app:1');
    await expect(loading).rejects.toMatchObject({ code: 'ERR_LAYERS_BLOB_MISMATCH' });
    expect(listImages(store)).toEqual([]);
  });
});
