import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import { buildTar, type EntrySpec } from './tar-builder.ts';

/** The description of an image to build. */
export interface ImageSpec {
  /** Tags such as `alpine:3.20`. An image without tags has its ID only. */
  readonly tags: readonly string[];
  /** Uncompressed tars, lowest first. A tar may occur twice. */
  readonly layers: readonly Uint8Array[];
  /** Fields that replace those of the default config. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export type ArchiveForm =
  /** As `docker save` until version 24: `ID/layer.tar` for each layer, with symlinks for repeated layers. */
  | 'legacy'
  /** As `docker save` since version 25: an OCI layout that also has a `manifest.json`. */
  | 'hybrid'
  /** An OCI layout without `manifest.json`. */
  | 'oci';

export interface ArchiveOptions {
  readonly form: ArchiveForm;
  /** The compression of layers; none by default. */
  readonly compression?: Compression | null;
}

export type Compression = 'gzip' | 'zstd';

const zstdCompress: unknown = Reflect.get(zlib, 'zstdCompressSync');

/** Whether this version of Node can compress with zstd. */
export const canZstd: boolean = typeof zstdCompress === 'function';

/** Compresses bytes. Throws for zstd if `canZstd` is false. */
export function compress(bytes: Uint8Array, compression: Compression | null): Buffer {
  if (compression === null) return Buffer.from(bytes);
  if (compression === 'gzip') return zlib.gzipSync(bytes);
  if (typeof zstdCompress !== 'function') throw new Error('this version of Node has no zstd');
  const compressed: unknown = Reflect.apply(zstdCompress, zlib, [bytes]);
  if (!Buffer.isBuffer(compressed)) throw new Error('zstd returned no bytes');
  return compressed;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Returns an archive of images; the same bytes for the same arguments. */
export function buildDockerArchive(
  { images }: { readonly images: readonly ImageSpec[] },
  options: ArchiveOptions,
): Buffer {
  const built = images.map((image) => buildImage(image, options.compression ?? null));
  return buildTar(options.form === 'legacy' ? legacyEntries(built) : layoutEntries(built, options.form));
}

interface Blob {
  readonly mediaType: string;
  readonly hex: string;
  readonly bytes: Uint8Array;
}

interface BuiltImage {
  readonly tags: readonly string[];
  readonly config: Blob;
  readonly layers: readonly (Blob & { readonly diffHex: string })[];
}

const OCI = 'application/vnd.oci.image';
const EPOCH = '1970-01-01T00:00:00Z';

function buildImage({ tags, layers, config }: ImageSpec, compression: Compression | null): BuiltImage {
  const mediaType = `${OCI}.layer.v1.tar${compression === null ? '' : `+${compression}`}`;
  const blobs = layers.map((tar) => ({
    ...blobOf(mediaType, compress(tar, compression)),
    diffHex: sha256(tar),
  }));
  const document = {
    architecture: 'amd64',
    os: 'linux',
    created: EPOCH,
    config: {},
    history: layers.map((_, i) => ({ created: EPOCH, created_by: `layer ${i}` })),
    rootfs: { type: 'layers', diff_ids: blobs.map(({ diffHex }) => `sha256:${diffHex}`) },
    ...config,
  };
  return { tags, layers: blobs, config: blobOf(`${OCI}.config.v1+json`, json(document)) };
}

function layoutEntries(images: readonly BuiltImage[], form: 'hybrid' | 'oci'): EntrySpec[] {
  const blobs = new Map<string, Blob>();
  const keep = (blob: Blob): Blob => {
    blobs.set(blob.hex, blob);
    return blob;
  };
  const manifests = images.flatMap(({ tags, config, layers }) => {
    for (const blob of [config, ...layers]) keep(blob);
    const mediaType = `${OCI}.manifest.v1+json`;
    const document = {
      schemaVersion: 2,
      mediaType,
      config: descriptorOf(config),
      layers: layers.map(descriptorOf),
    };
    const descriptor = descriptorOf(keep(blobOf(mediaType, json(document))));
    if (tags.length === 0) return [descriptor];
    return tags.map((tag) => ({ ...descriptor, annotations: annotationsOf(tag) }));
  });
  const index = { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests };
  const files: EntrySpec[] = [
    { type: 'directory', path: 'blobs/' },
    { type: 'directory', path: 'blobs/sha256/' },
    ...[...blobs.values()].map(({ hex, bytes }) => ({ path: blobPath(hex), data: bytes })),
    { path: 'index.json', data: json(index) },
  ];
  if (form === 'hybrid') files.push({ path: 'manifest.json', data: json(images.map(hybridEntryOf)) });
  return [...files, { path: 'oci-layout', data: json({ imageLayoutVersion: '1.0.0' }) }];
}

function hybridEntryOf({ tags, config, layers }: BuiltImage): object {
  return {
    Config: blobPath(config.hex),
    RepoTags: tags.length === 0 ? null : tags,
    Layers: layers.map(({ hex }) => blobPath(hex)),
    LayerSources: Object.fromEntries(layers.map((layer) => [`sha256:${layer.diffHex}`, descriptorOf(layer)])),
  };
}

function legacyEntries(images: readonly BuiltImage[]): EntrySpec[] {
  const files = new Map<string, EntrySpec>();
  const add = (file: EntrySpec & { readonly path: string }): void => {
    if (!files.has(file.path)) files.set(file.path, file);
  };
  const storedIn = new Map<string, string>();
  const repositories: Record<string, Record<string, string>> = {};
  const entries: object[] = [];
  for (const { tags, config, layers } of images) {
    let id = '';
    const paths: string[] = [];
    layers.forEach((layer, i) => {
      const parent = id;
      id = sha256(`${parent} ${layer.diffHex} ${i === layers.length - 1 ? config.hex : ''}`);
      const path = `${id}/layer.tar`;
      const first = storedIn.get(layer.hex) ?? path;
      storedIn.set(layer.hex, first);
      add({ type: 'directory', path: `${id}/` });
      add({ path: `${id}/VERSION`, data: Buffer.from('1.0') });
      add({ path: `${id}/json`, data: json(parent === '' ? { id } : { id, parent }) });
      add(first === path ? { path, data: layer.bytes } : { type: 'symlink', path, linkpath: `../${first}` });
      paths.push(path);
    });
    add({ path: `${config.hex}.json`, data: config.bytes });
    entries.push({ Config: `${config.hex}.json`, RepoTags: tags.length === 0 ? null : tags, Layers: paths });
    for (const tag of layers.length === 0 ? [] : tags) {
      const [repository, version] = splitTag(tag);
      repositories[repository] = { ...repositories[repository], [version]: id };
    }
  }
  add({ path: 'manifest.json', data: json(entries) });
  if (Object.keys(repositories).length > 0) add({ path: 'repositories', data: json(repositories) });
  return [...files.values()];
}

function annotationsOf(tag: string): Record<string, string> {
  const [repository, version] = splitTag(tag);
  const [host = '', ...rest] = repository.split('/');
  const isQualified = rest.length > 0 && /[.:]|^localhost$/.test(host);
  const full = isQualified ? repository : `docker.io/${rest.length === 0 ? 'library/' : ''}${repository}`;
  return { 'io.containerd.image.name': `${full}:${version}`, 'org.opencontainers.image.ref.name': version };
}

function splitTag(tag: string): [repository: string, version: string] {
  const colon = tag.lastIndexOf(':');
  return colon > tag.lastIndexOf('/') ? [tag.slice(0, colon), tag.slice(colon + 1)] : [tag, 'latest'];
}

const blobOf = (mediaType: string, bytes: Uint8Array): Blob => ({ mediaType, hex: sha256(bytes), bytes });
const blobPath = (hex: string): string => `blobs/sha256/${hex}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function descriptorOf({ mediaType, hex, bytes }: Blob): object {
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}
