import { gzipSync } from 'node:zlib';
import { digestOf, type Storage } from './api/storage.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER_GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** An image to add to a registry. */
export interface ImageToPush {
  readonly os?: string;
  readonly architecture?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Tars, the lowest layer first. Each is stored as gzip. */
  readonly layers: readonly Uint8Array[];
}

/** What the registry has of an image. */
export interface PushedImage {
  readonly digest: string;
  readonly config: string;
  /** Bytes of the manifest. */
  readonly size: number;
  readonly layers: readonly { readonly digest: string; readonly diffId: string; readonly size: number }[];
}

/** Adds an image to the storage of a registry, under a tag if one is given. */
export function pushedImage(
  storage: Storage,
  repository: string,
  tag: string | null,
  { os = 'linux', architecture = 'amd64', labels, layers: tars }: ImageToPush,
): PushedImage {
  const layers = tars.map((tar) => {
    const blob = gzipSync(tar);
    return { digest: storage.addBlob(repository, blob), diffId: digestOf(tar), size: blob.length };
  });
  const configBytes = jsonOf({
    os,
    architecture,
    config: labels === undefined ? {} : { Labels: labels },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, i) => ({ created_by: `COPY file${i} /`, created: '2026-01-01T00:00:00Z' })),
  });
  const config = storage.addBlob(repository, configBytes);
  const bytes = jsonOf({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, digest: config, size: configBytes.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: LAYER_GZIP, digest, size })),
  });
  const digest = storage.addManifest(repository, tag, { mediaType: MANIFEST, bytes });
  return { digest, config, size: bytes.length, layers };
}

/** Adds images for several platforms as one index under a tag. */
export function pushedIndex(
  storage: Storage,
  repository: string,
  tag: string,
  images: readonly (ImageToPush & { readonly os: string; readonly architecture: string })[],
): { readonly index: string; readonly manifests: readonly PushedImage[] } {
  const manifests = images.map((image) => pushedImage(storage, repository, null, image));
  const bytes = jsonOf({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: manifests.map(({ digest, size }, i) => ({
      mediaType: MANIFEST,
      digest,
      size,
      platform: { os: images[i]?.os, architecture: images[i]?.architecture },
    })),
  });
  return { index: storage.addManifest(repository, tag, { mediaType: INDEX, bytes }), manifests };
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
