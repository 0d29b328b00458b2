import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { digestOf, type Storage } from './registry/api/storage.ts';

/** The layers with a TOC in the folder `toc-layers`, which test/counterparts/toc-writers made of one tar. */
export const TOC_LAYERS = ['estargz', 'estargz-joined', 'zstd-stargz', 'zstd-containers'] as const;
export type TocLayer = (typeof TOC_LAYERS)[number];

/** A layer as a registry has it. */
export interface LayerBlob {
  readonly blob: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
  readonly mediaType: string;
  readonly diffId: string;
}

export function tocLayer(name: TocLayer): LayerBlob {
  const compression = name.startsWith('zstd') ? 'zstd' : 'gzip';
  return {
    blob: new Uint8Array(fileOf(`${name}.bin`)),
    ...JSON.parse(fileOf(`${name}.json`).toString()),
    mediaType: `application/vnd.oci.image.layer.v1.tar+${compression}`,
  };
}

/** Returns the same tar as gzip without a TOC, and its index of SOCI. */
export function sociLayer(): { readonly layer: LayerBlob; readonly ztoc: Uint8Array } {
  return {
    layer: gzipLayer(new Uint8Array(fileOf('soci.tar.gz'))),
    ztoc: new Uint8Array(fileOf('soci.ztoc')),
  };
}

/** Adds an index of SOCI to the storage of a registry. Returns the digest of its manifest. */
export function pushedZtoc(storage: Storage, repository: string, layer: LayerBlob, ztoc: Uint8Array): string {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const config = {
    mediaType: 'application/vnd.amazon.soci.index.v2+json',
    digest: storage.addBlob(repository, Buffer.from('{}')),
    size: 2,
  };
  const blob = {
    mediaType: 'application/octet-stream',
    digest: storage.addBlob(repository, ztoc),
    size: ztoc.length,
    annotations: { 'com.amazon.soci.image-layer-digest': digestOf(layer.blob) },
  };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [blob] }));
  return storage.addManifest(repository, null, { mediaType, bytes });
}

/** Returns a gzip blob as a layer without a TOC. */
export function gzipLayer(blob: Uint8Array): LayerBlob {
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  return { blob, annotations: {}, mediaType, diffId: digestOf(gunzipSync(blob)) };
}

function fileOf(name: string): Buffer {
  return readFileSync(new URL(`toc-layers/${name}`, import.meta.url));
}

/** Adds an image of layers to the storage of a registry. Returns the digest of its manifest. */
export function pushedLayers(
  storage: Storage,
  repository: string,
  tag: string,
  layers: readonly LayerBlob[],
  annotations: Readonly<Record<string, string>> = {},
): string {
  const jsonOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const configBytes = jsonOf({
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, i) => ({ created_by: `COPY file${i} /` })),
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const bytes = jsonOf({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: storage.addBlob(repository, configBytes),
      size: configBytes.length,
    },
    layers: layers.map(({ blob, annotations: ofLayer, mediaType: type }) => ({
      mediaType: type,
      digest: storage.addBlob(repository, blob),
      size: blob.length,
      annotations: ofLayer,
    })),
    annotations,
  });
  return storage.addManifest(repository, tag, { mediaType, bytes });
}
