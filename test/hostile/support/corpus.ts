import { gzipSync } from 'node:zlib';
import { buildDockerArchive, type ImageSpec, sha256 } from '@layers/testing/archive-builder';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { zstdOf } from './zstd-frames.ts';

/** Small, correct archives of every format, for tests that damage them. */

const text = (words: string): Buffer => Buffer.from(words);

const BASE: readonly EntrySpec[] = [
  { path: 'bin/', type: 'directory' },
  { path: 'bin/tool', data: Buffer.alloc(700, 0x41), mode: 0o755 },
  { path: 'bin/other', type: 'link', linkpath: 'bin/tool' },
  { path: 'etc/passwd', data: text('root:x:0:0\n'), mtime: 1_600_000_000, mtimeNs: 5 },
  { path: 'etc/link', type: 'symlink', linkpath: 'passwd' },
  {
    path: `long/${'n'.repeat(120)}/name`,
    data: text('x'),
    xattrs: new Map([['security.capability', Buffer.from([1, 0, 0, 2])]]),
  },
];
const CHANGES: readonly EntrySpec[] = [
  { path: 'bin/tool', data: Buffer.alloc(700, 0x41), mode: 0o700 },
  { path: 'etc/.wh.link', data: text('') },
  { path: 'long/.wh..wh..opq', data: text('') },
  { path: 'dev/null', type: 'char', devmajor: 1, devminor: 3 },
  {
    path: 'sparse',
    data: Buffer.alloc(5, 0x43),
    sparse: {
      realSize: 4096,
      extents: [
        [0, 2],
        [100, 3],
      ],
    },
  },
];

export const LAYERS: readonly Buffer[] = [buildTar(BASE), buildTar(CHANGES)];

export const IMAGE: ImageSpec = {
  tags: ['hostile:1'],
  layers: LAYERS,
  config: { history: [{ created_by: 'ADD base' }, { created_by: '/bin/sh -c chmod 700 /bin/tool' }] },
};

const OTHER: ImageSpec = { tags: ['other:2'], layers: LAYERS.slice(0, 1) };

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Returns an archive with the names that kaniko uses: `sha256:<hex>` for the config, `<hex>.tar.gz` for layers. */
export function kanikoEntries(): EntrySpec[] {
  const blobs = LAYERS.map((tar) => gzipSync(tar));
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: LAYERS.map((tar) => `sha256:${sha256(tar)}`) },
    history: [{ created_by: 'one' }, { created_by: 'two' }],
  });
  const configName = `sha256:${sha256(config)}`;
  const names = blobs.map((blob) => `${sha256(blob)}.tar.gz`);
  return [
    { path: configName, data: config },
    ...blobs.map((data, i) => ({ path: names[i] ?? '', data })),
    { path: 'manifest.json', data: json([{ Config: configName, RepoTags: ['kaniko:1'], Layers: names }]) },
  ];
}

/** Returns an OCI archive with zstd layers, also in versions of Node without zstd. */
export function zstdEntries(): EntrySpec[] {
  const OCI = 'application/vnd.oci.image';
  const blobs = LAYERS.map(zstdOf);
  const descriptor = (mediaType: string, bytes: Uint8Array) => ({
    mediaType: `${OCI}.${mediaType}`,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
  });
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: LAYERS.map((tar) => `sha256:${sha256(tar)}`) },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: descriptor('config.v1+json', config),
    layers: blobs.map((blob) => descriptor('layer.v1.tar+zstd', blob)),
  });
  const index = { schemaVersion: 2, manifests: [descriptor('manifest.v1+json', manifest)] };
  return [
    { path: 'oci-layout', data: json({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', data: json(index) },
    ...[config, manifest, ...blobs].map((data) => ({ path: `blobs/sha256/${sha256(data)}`, data })),
  ];
}

const images = { images: [IMAGE, OTHER] };
const legacy = buildDockerArchive(images, { form: 'legacy' });

export const CORPUS: Readonly<Record<string, Buffer>> = {
  legacy,
  'hybrid with gzip layers': buildDockerArchive(images, { form: 'hybrid', compression: 'gzip' }),
  'oci with uncompressed layers': buildDockerArchive({ images: [IMAGE] }, { form: 'oci' }),
  'oci with zstd layers': buildTar(zstdEntries()),
  kaniko: buildTar(kanikoEntries()),
  'legacy in gzip': gzipSync(legacy),
  'legacy in zstd': zstdOf(legacy),
};
