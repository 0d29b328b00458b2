import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Digest } from '@layers/core/digest';
import { buildEntry, buildTar, type EntrySpec, sealHeader } from './tar-builder.ts';

/** Documents and entries of archives, to combine in ways that no tool does. */

export const OCI = 'application/vnd.oci.image';

export interface BlobPart {
  readonly file: EntrySpec & { readonly path: string; readonly data: Uint8Array };
  readonly digest: Digest;
  readonly hex: string;
  readonly descriptor: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
}

export const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export function digestBy(algorithm: 'sha256' | 'sha512', bytes: Uint8Array): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** Returns a blob of a layout, named by its digest. An object becomes a JSON document. */
export function blobOf(
  content: Uint8Array | object,
  mediaType: string,
  algorithm: 'sha256' | 'sha512' = 'sha256',
): BlobPart {
  const data = content instanceof Uint8Array ? content : json(content);
  const digest = digestBy(algorithm, data);
  const hex = digest.slice(algorithm.length + 1);
  return {
    file: { path: `blobs/${algorithm}/${hex}`, data },
    digest,
    hex,
    descriptor: { mediaType, digest, size: data.length },
  };
}

/** Returns a config for uncompressed layers, with one history entry each. */
export function configOf(
  layers: readonly Uint8Array[],
  more: Readonly<Record<string, unknown>> = {},
): object {
  return {
    architecture: 'amd64',
    os: 'linux',
    created: '2024-05-06T07:08:09Z',
    config: { Cmd: ['/bin/sh'] },
    history: layers.map((_, i) => ({
      created: '2024-05-06T07:08:09Z',
      created_by: `/bin/sh -c #(nop) STEP ${i}`,
    })),
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestBy('sha256', layer)) },
    ...more,
  };
}

export interface OciImagePart {
  readonly manifest: BlobPart;
  readonly config: BlobPart;
  readonly layers: readonly BlobPart[];
  readonly files: readonly EntrySpec[];
}

/** The form of a layer in an image. */
export type Stored = 'raw' | 'gzip';

/**
 * Returns an OCI image. `stored` has the form of each layer; its last element applies to all further layers.
 * `configMore` replaces fields of the config.
 */
export function ociImage(
  layers: readonly Uint8Array[],
  {
    configMore = {},
    stored = ['raw'],
  }: { readonly configMore?: Record<string, unknown>; readonly stored?: readonly Stored[] } = {},
): OciImagePart {
  const parts = layers.map((layer, i) =>
    (stored[i] ?? stored.at(-1)) === 'gzip'
      ? blobOf(gzipSync(layer), `${OCI}.layer.v1.tar+gzip`)
      : blobOf(layer, `${OCI}.layer.v1.tar`),
  );
  const config = blobOf(configOf(layers, configMore), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: config.descriptor,
      layers: parts.map(({ descriptor }) => descriptor),
    },
    `${OCI}.manifest.v1+json`,
  );
  const files = [...parts, config, manifest].map(({ file }) => file);
  return { manifest, config, layers: parts, files };
}

/** Returns `index.json` and `oci-layout` for these descriptors. */
export function layoutOf(
  manifests: readonly object[] | null,
  more: Readonly<Record<string, unknown>> = {},
): EntrySpec[] {
  return [
    { path: 'oci-layout', data: json({ imageLayoutVersion: '1.0.0' }) },
    {
      path: 'index.json',
      data: json({ schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests, ...more }),
    },
  ];
}

/** Returns an OCI archive of one image. */
export function ociArchive(
  layers: readonly (readonly EntrySpec[])[],
  options: { readonly stored?: readonly Stored[] } = {},
): Buffer {
  const image = ociImage(layers.map(buildTar), options);
  return buildTar([...layoutOf([image.manifest.descriptor]), ...image.files]);
}

/** Returns a docker-archive: `manifest.json`, a config named by its digest, and layers with the given names. */
export function plainArchive(
  layers: readonly { readonly name: string; readonly tar: Uint8Array }[],
  {
    tags = ['app:1'],
    configMore = {},
  }: { tags?: readonly string[]; configMore?: Record<string, unknown> } = {},
): { readonly files: EntrySpec[]; readonly config: BlobPart } {
  const config = blobOf(
    configOf(
      layers.map(({ tar }) => tar),
      configMore,
    ),
    '',
  );
  const entry = {
    Config: `${config.hex}.json`,
    RepoTags: tags,
    Layers: layers.map(({ name }) => name),
  };
  return {
    config,
    files: [
      { path: `${config.hex}.json`, data: config.file.data },
      ...layers.map(({ name, tar }) => ({ path: name, data: tar })),
      { path: 'manifest.json', data: json([entry]) },
    ],
  };
}

const TYPEFLAG = 156;

/** Changes the header of an entry and updates the checksum. */
export function patched(file: Uint8Array, change: (header: Buffer) => void): Buffer {
  const bytes = Buffer.from(file);
  const header = bytes.subarray(0, 512);
  change(header);
  sealHeader(header);
  return bytes;
}

export const ofType = (file: Uint8Array, typeflag: string): Buffer =>
  patched(file, (header) => void header.write(typeflag, TYPEFLAG, 'latin1'));

/** Returns an entry whose name is in a GNU long-name entry before it. */
export function gnuLongName(file: EntrySpec & { readonly path: string }): Buffer {
  const name = ofType(buildEntry({ path: '././@LongLink', data: Buffer.from(`${file.path}\0`) }), 'L');
  return Buffer.concat([name, buildEntry({ ...file, path: file.path.slice(0, 100) })]);
}
