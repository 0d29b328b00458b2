import { isLayersError, LayersError } from '@layers/errors';
import { type ComputableAlgorithm, computableAlgorithmOf, type Digest } from '../../digest/digest.js';
import { digestOf } from '../../digest/digester.js';
import { createFinding, type Finding } from '../../findings/finding.js';
import { REF_NAME, tagsOfDescriptor } from '../../oci/annotations.js';
import { type Artifact, artifactOf, artifactOfType, shownType } from '../../oci/artifact.js';
import { attestedManifest, isAttestation } from '../../oci/attestation.js';
import { type ImageConfig, platformOfImage } from '../../oci/config.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { MANIFEST_FIELDS, withFieldNames } from '../../oci/field-names.js';
import { parseIndex } from '../../oci/index-document.js';
import { parseJson } from '../../oci/json.js';
import { type Manifest, parseManifest } from '../../oci/manifest.js';
import {
  essenceOf,
  isIndex,
  isLayer,
  isManifest,
  isNonDistributable,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../oci/media-types.js';
import { formatPlatform, normalizePlatform, type Platform } from '../../oci/platform.js';
import { isJsonObject, type OnInvalid } from '../../oci/validate.js';
import type { ArchiveFile, ArchiveReader } from '../archive/archive-reader.js';
import { blobName } from '../archive/blob-names.js';
import { findByteOrderMark } from './byte-order-mark.js';
import { type ConfigReader, createConfigReader, type ReadConfig, readConfig } from './config-reader.js';
import { checkLayerCount } from './describe-layers.js';
import type {
  ArtifactDescription,
  DeclaredDocument,
  ImageDescription,
  LayerDescription,
  UnreadableImage,
} from './description.js';

/** The images of an OCI index, and its oddities. */
export interface OciImages {
  readonly images: readonly ImageDescription[];
  readonly unreadable: readonly UnreadableImage[];
  /** What the index leads to beside images; without attestations. */
  readonly artifacts: readonly ArtifactDescription[];
  readonly findings: readonly Finding[];
}

const MAX_DEPTH = 8;
/** The limit of images and indexes of a layout. */
export const MAX_MANIFESTS = 10_000;

/**
 * Describes the images and artifacts of `index.json` and of nested indexes (OCI image-layout.md, image-index.md). Skips
 * attestations. Platforms that the index names and the archive lacks, as Docker 29 saves them, are
 * findings. Throws ERR_LAYERS_INDEX, ERR_LAYERS_MANIFEST, ERR_LAYERS_CONFIG, ERR_LAYERS_JSON and ERR_LAYERS_LIMIT.
 */
export function describeOci(reader: ArchiveReader, indexName: string): OciImages {
  const walk = startWalk(reader);
  const file = reader.find(indexName);
  if (file === null) return { images: [], unreadable: [], artifacts: [], findings: [] };
  const bytes = reader.read(file);
  const json = withFieldNames(parseJson(bytes, indexName), MANIFEST_FIELDS);
  walk.findings.push(...findByteOrderMark(bytes, indexName));
  const index = parseIndex(json, indexName, onInvalidIn(walk));
  if (index.schemaVersion === undefined) {
    walk.findings.push(createFinding('schema-version', `${indexName} has no schemaVersion`));
  }
  // Docker writes null for an empty list.
  if (!hasKey(json, 'manifests')) {
    walk.findings.push(createFinding('manifest-unreadable', `${indexName} has no list of manifests`));
  }
  for (const descriptor of index.manifests) follow(walk, descriptor, START);
  const images = walk.images.map((image) => imageOf(image, walk));
  return { images, unreadable: walk.unreadable, artifacts: walk.artifacts, findings: walk.findings };
}

/**
 * Describes the images of a directory of `skopeo copy dir:` or `podman save --format docker-dir`: its manifest or index
 * is `manifest.json`, which a layout names by its digest. Returns null where `manifest.json` is a list of images, as in an
 * extracted docker-archive. Throws as `describeOci` does.
 */
export function describeDirectory(reader: ArchiveReader, manifestName: string): OciImages | null {
  const file = reader.find(manifestName);
  if (file === null) return null;
  const data = reader.read(file);
  const json = withFieldNames(parseJson(data, manifestName), MANIFEST_FIELDS);
  if (!hasKey(json, 'config') && !hasKey(json, 'manifests')) return null;
  const walk = startWalk(reader, manifestName);
  const [digest, size] = [digestOf(data), data.length];
  const isList = hasKey(json, 'manifests');
  const mediaType = isList ? OCI_INDEX : OCI_MANIFEST;
  const none = { artifactType: undefined, platform: undefined, annotations: new Map(), urls: [] };
  follow(walk, { mediaType, digest, size, data, ...none }, START);
  return {
    images: walk.images.map((image) => imageOf(image, walk)),
    unreadable: walk.unreadable,
    artifacts: walk.artifacts,
    findings: walk.findings,
  };
}

function startWalk(reader: ArchiveReader, embeddedName: string | null = null): Walk {
  return {
    reader,
    embeddedName,
    readConfig: createConfigReader(reader),
    images: [],
    known: new Map(),
    unreadable: [],
    artifacts: [],
    findings: [],
    nested: new Map(),
    visited: new Set(),
    attestations: new Map(),
    manifests: 0,
  };
}

/** Keeps the errors of invalid descriptors, so that they do not hide the images of the others. */
function onInvalidIn({ unreadable }: Walk, above: readonly string[] = []): OnInvalid {
  return (error, item) => {
    const tags = [...new Set([...above, ...tagsOfInvalid(item)])];
    unreadable.push({ tags, platform: null, manifestDigest: null, error });
  };
}

/** Returns the tags of an invalid descriptor, as far as it has some. */
function tagsOfInvalid(item: unknown): readonly string[] {
  const annotations = isJsonObject(item) ? item['annotations'] : null;
  if (!isJsonObject(annotations)) return [];
  const texts = Object.entries(annotations).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return tagsOfDescriptor({ annotations: new Map(texts) });
}

/** An image for one platform. An index names it once for each tag. */
interface FoundImage {
  readonly image: ImageDescription;
  readonly tags: Set<string>;
  readonly refNames: Set<string>;
  indexDigest: Digest | null;
}

function imageOf(
  { image, tags, refNames, indexDigest }: FoundImage,
  { attestations }: Walk,
): ImageDescription {
  const attested = [
    ...(attestations.get(image.manifestDigest) ?? []),
    ...(attestations.get(indexDigest) ?? []),
  ];
  return {
    ...image,
    tags: [...tags],
    ...(refNames.size === 0 ? {} : { refNames: [...refNames] }),
    ...(indexDigest === null ? {} : { indexDigest }),
    ...(attested.length === 0 ? {} : { attestations: attested }),
  };
}

/** How the walk has come to a descriptor. */
interface Path {
  /** The tags of the indexes above. */
  readonly tags: readonly string[];
  /** The values of `org.opencontainers.image.ref.name`, as they are. */
  readonly refNames: readonly string[];
  readonly depth: number;
  /** The outermost index below `index.json`. */
  readonly indexDigest: Digest | null;
}

const START: Path = { tags: [], refNames: [], depth: 0, indexDigest: null };

interface Walk {
  readonly reader: ArchiveReader;
  /** The name of the file that a descriptor embeds; null for that of a blob. */
  readonly embeddedName: string | null;
  readonly readConfig: ConfigReader;
  readonly images: FoundImage[];
  /** By manifest digest. */
  readonly known: Map<Digest, FoundImage[]>;
  readonly unreadable: UnreadableImage[];
  readonly artifacts: ArtifactDescription[];
  readonly findings: Finding[];
  /** The contents of indexes, so that one with many names is read once. */
  readonly nested: Map<string, readonly Descriptor[]>;
  readonly visited: Set<string>;
  /** By the manifest that they name, else by the index that they are in. */
  readonly attestations: Map<Digest | null, Set<Digest>>;
  manifests: number;
}

function follow(walk: Walk, descriptor: Descriptor, path: Path): void {
  if (isAttestation(descriptor)) {
    addAttestation(walk, descriptor, path);
    return;
  }
  const { depth, indexDigest } = path;
  const tags = [...new Set([...path.tags, ...tagsOfDescriptor(descriptor)])];
  const refName = descriptor.annotations.get(REF_NAME) ?? '';
  const refNames = refName === '' ? path.refNames : [...new Set([...path.refNames, refName])];
  const here: Path = { tags, refNames, depth, indexDigest };
  if (isKnownImage(walk, descriptor, here)) return;
  const key = `${descriptor.digest} ${tags.join(' ')} ${refNames.join(' ')}`;
  if (walk.visited.has(key)) return;
  walk.visited.add(key);
  if (depth > MAX_DEPTH || ++walk.manifests > MAX_MANIFESTS) {
    throw new LayersError('ERR_LAYERS_LIMIT', 'the index nests too deep or names too many manifests', {
      file: 'index.json',
    });
  }

  const contentKey = `${descriptor.digest} ${descriptor.mediaType}`;
  const nested = walk.nested.get(contentKey) ?? tryDescribeDescriptor(walk, descriptor, here);
  if (nested === null) return;
  walk.nested.set(contentKey, nested);
  const below: Path = { tags, refNames, depth: depth + 1, indexDigest: indexDigest ?? descriptor.digest };
  for (const inner of nested) follow(walk, inner, below);
}

function addAttestation({ reader, attestations }: Walk, descriptor: Descriptor, { indexDigest }: Path): void {
  if (reader.find(blobName(descriptor.digest)) === null) return;
  const about = attestedManifest(descriptor) ?? indexDigest;
  const known = attestations.get(about);
  if (known === undefined) attestations.set(about, new Set([descriptor.digest]));
  else known.add(descriptor.digest);
}

/** Adds the tags to an image that was described; adds the image again where an index names it for another platform. */
function isKnownImage(
  { images, known }: Walk,
  descriptor: Descriptor,
  { tags, refNames, indexDigest }: Path,
): boolean {
  const described = known.get(descriptor.digest);
  const [first] = described ?? [];
  if (described === undefined || first === undefined) return false;
  const platform = platformOfImage(first.image.config, descriptor.platform) ?? null;
  const isSame = (other: Platform | null): boolean => textOf(other) === textOf(platform);
  const same =
    descriptor.platform === undefined ? first : described.find(({ image }) => isSame(image.platform));
  if (same === undefined) {
    const added = {
      image: { ...first.image, platform },
      tags: new Set(tags),
      refNames: new Set(refNames),
      indexDigest,
    };
    described.push(added);
    images.push(added);
    return true;
  }
  for (const tag of tags) same.tags.add(tag);
  for (const name of refNames) same.refNames.add(name);
  // ORAS names the images of an index in index.json too.
  same.indexDigest ??= indexDigest;
  return true;
}

function textOf(platform: Platform | null): string {
  return platform === null ? '' : formatPlatform(normalizePlatform(platform));
}

/** Works as `describeDescriptor`, but keeps the error of an image that cannot be read. */
function tryDescribeDescriptor(walk: Walk, descriptor: Descriptor, path: Path): readonly Descriptor[] | null {
  try {
    return describeDescriptor(walk, descriptor, path);
  } catch (error) {
    const { tags } = path;
    const platform = descriptor.platform ?? null;
    walk.unreadable.push({ tags, platform, manifestDigest: descriptor.digest, error: errorOfImage(error) });
    return [];
  }
}

/** Returns the error of one image. Throws an error that affects all: a bug, a file that cannot be read, a limit. */
export function errorOfImage(error: unknown): LayersError {
  if (!isLayersError(error)) throw error;
  if (error.code === 'ERR_LAYERS_READ' || error.code === 'ERR_LAYERS_LIMIT') throw error;
  return error;
}

/** Adds the image of a descriptor, or returns the descriptors of its index; null where the archive lacks it. */
function describeDescriptor(
  walk: Walk,
  descriptor: Descriptor,
  { tags, refNames, indexDigest }: Path,
): readonly Descriptor[] | null {
  if (isLayer(descriptor.mediaType)) return [];
  if (essenceOf(descriptor.mediaType).startsWith(BUILDKIT_CACHE)) {
    // The layers of the cache stand beside it.
    addArtifact(walk, descriptor, tags, artifactOfType(descriptor.mediaType));
    return [];
  }
  const blob = readBlob(walk, descriptor);
  if (blob === null) {
    const platform = descriptor.platform === undefined ? 'an image' : formatPlatform(descriptor.platform);
    const message = `the index names ${platform} (${descriptor.digest}), which the archive lacks`;
    walk.findings.push(createFinding('platform-absent', message));
    return null;
  }
  const { name, bytes } = blob;
  const json = withFieldNames(parseJson(bytes, name), MANIFEST_FIELDS);
  walk.findings.push(...findByteOrderMark(bytes, name));
  if (isIndex(descriptor.mediaType) || (!isManifest(descriptor.mediaType) && hasKey(json, 'manifests'))) {
    walk.findings.push(...checkBlob(descriptor, name, bytes));
    const { manifests } = parseIndex(json, name, onInvalidIn(walk, tags));
    if (manifests.length === 0) {
      const what = tags.length === 0 ? descriptor.digest : `${tags.join(', ')} (${descriptor.digest})`;
      walk.findings.push(createFinding('platform-absent', `the index ${what} lists no images`));
    }
    return manifests;
  }
  if (!isManifest(descriptor.mediaType) && !hasKey(json, 'config')) {
    const type = descriptor.artifactType || textIn(json, 'artifactType') || descriptor.mediaType;
    addArtifact(walk, descriptor, tags, artifactOfType(type));
    return [];
  }
  const manifest = parseManifest(json, name);
  const artifact = artifactOf(manifest, hasEmptyConfig(walk.reader, manifest));
  if (artifact !== null) {
    const image = describeArtifact(walk, { descriptor, manifest, name, bytes }, tags, artifact);
    addArtifact(walk, descriptor, tags, artifact, image);
    return [];
  }
  const image = describeManifest(walk, { descriptor, manifest, name, bytes }, tags);
  if (image === null) {
    const message = `the image of ${descriptor.digest} has no config in the archive`;
    walk.findings.push(createFinding('platform-absent', message));
  } else {
    const found = { image, tags: new Set(image.tags), refNames: new Set(refNames), indexDigest };
    walk.known.set(descriptor.digest, [found]);
    walk.images.push(found);
  }
  return [];
}

/** A manifest that was read. */
interface FoundManifest {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly name: string;
  readonly bytes: Uint8Array;
}

function describeManifest(
  { reader, readConfig: readConfigFile }: Walk,
  found: FoundManifest,
  tags: readonly string[],
): ImageDescription | null {
  const { descriptor, manifest, name: manifestName, bytes: manifestBytes } = found;
  const configBlob = blobName(manifest.config.digest);
  const configFile = reader.find(configBlob);
  const configName = configFile === null ? configBlob : nameIn(reader, configFile, configBlob);
  const embedded = manifest.config.data;
  if (configFile === null && embedded === undefined) return null;
  const read: ReadConfig =
    configFile === null
      ? readConfig(embedded ?? new Uint8Array(0), configName)
      : readConfigFile(configFile, configName);
  const { config } = read;
  const findings: Finding[] = [
    ...checkBlob(descriptor, manifestName, manifestBytes),
    ...checkBlob(manifest.config, configName, read.bytes, read.digest),
    ...read.findings,
  ];
  if (manifest.schemaVersion === undefined) {
    findings.push(createFinding('schema-version', `${manifestName} has no schemaVersion`));
  }
  findings.push(...checkLayerCount(manifest.layers.length, config.diffIds.length));
  const layers = describeLayers(reader, manifest, config.diffIds, findings);
  return {
    id: read.digest('sha256'),
    declaredId: manifest.config.digest,
    configName,
    configBytes: read.bytes,
    config,
    manifestDigest: digestOf(manifestBytes, computableAlgorithmOf(descriptor.digest) ?? 'sha256'),
    manifestName,
    tags: [...new Set(tags)],
    platform: platformOfImage(config, descriptor.platform) ?? null,
    layers,
    findings,
    documents: [
      manifestDocument(found),
      {
        name: configName,
        kind: 'image-id',
        digest: manifest.config.digest,
        size: manifest.config.size,
        bytes: read.bytes,
      },
    ],
  };
}

function describeLayers(
  reader: ArchiveReader,
  manifest: Manifest,
  diffIds: readonly Digest[],
  findings: Finding[],
): LayerDescription[] {
  return manifest.layers.map((layer, position): LayerDescription => {
    const blob = blobName(layer.digest);
    const file = reader.find(blob);
    const name = file === null ? blob : nameIn(reader, file, blob);
    const nonDistributable = isNonDistributable(layer.mediaType);
    if (file === null && layer.data === undefined) {
      findings.push(
        nonDistributable
          ? createFinding(
              'layer-not-distributable',
              `layer ${position} is not distributable, and not in the ${reader.medium === 'registry' ? 'registry' : 'archive'}`,
              { layer: position },
            )
          : createFinding('layer-missing', `layer ${position} (${layer.digest}) is not in the archive`, {
              layer: position,
            }),
      );
    } else if (file !== null && file.size !== layer.size) {
      const message = `layer ${position} has ${file.size} bytes; its descriptor declares ${layer.size}`;
      findings.push(createFinding('size-mismatch', message, { layer: position }));
    }
    return {
      file,
      data: file === null ? (layer.data ?? null) : null,
      name,
      digest: layer.digest,
      size: layer.size,
      diffId: diffIds[position] ?? null,
      mediaType: layer.mediaType,
      nonDistributable,
    };
  });
}

function manifestDocument({ descriptor, name, bytes }: FoundManifest): DeclaredDocument {
  return { name, kind: 'digest', digest: descriptor.digest, size: descriptor.size, bytes };
}

/** Decides by the bytes: a damaged layout may have a config under the digest of another one. */
function hasEmptyConfig(reader: ArchiveReader, { config }: Manifest): boolean {
  const file = reader.find(blobName(config.digest));
  if (file !== null && file.size > MAX_EMPTY_BYTES) return false;
  const bytes = file === null ? config.data : reader.read(file);
  return bytes !== undefined && /^\s*\{\s*\}\s*$/.test(Buffer.from(bytes).toString('latin1'));
}

const MAX_EMPTY_BYTES = 16;

/** Returns an artifact as an image without a config. */
function describeArtifact(
  { reader }: Walk,
  found: FoundManifest,
  tags: readonly string[],
  artifact: Artifact,
): ImageDescription {
  const { descriptor, manifest, name, bytes } = found;
  const findings = checkBlob(descriptor, name, bytes);
  for (const [layer, { mediaType, title }] of artifact.layers.entries()) {
    const file = title === '' ? '' : `, and its file is called ${JSON.stringify(title.slice(0, MAX_TITLE))}`;
    const message = `its media type is ${shownType(mediaType)}${file}`;
    findings.push(createFinding('artifact', message, { layer }));
  }
  const layers = describeLayers(reader, manifest, [], findings);
  return {
    id: configDigest(reader, manifest),
    declaredId: manifest.config.digest,
    configName: null,
    configBytes: null,
    config: NO_CONFIG,
    manifestDigest: digestOf(bytes, computableAlgorithmOf(descriptor.digest) ?? 'sha256'),
    manifestName: name,
    tags: [...new Set(tags)],
    platform: descriptor.platform ?? null,
    layers,
    findings,
    artifact,
    documents: [manifestDocument(found)],
  };
}

const MAX_TITLE = 150;

/** Returns the digest of an artifact's config, which may be anything; null where it cannot be read as a document. */
function configDigest(reader: ArchiveReader, { config }: Manifest): Digest | null {
  const file = reader.find(blobName(config.digest));
  try {
    const bytes = file === null ? config.data : reader.read(file);
    return bytes === undefined ? null : digestOf(bytes, 'sha256');
  } catch (error) {
    errorOfImage(error);
    return null;
  }
}

const NO_CONFIG: ImageConfig = {
  created: undefined,
  author: undefined,
  os: undefined,
  architecture: undefined,
  variant: undefined,
  osVersion: undefined,
  config: undefined,
  diffIds: [],
  history: [],
};

const BUILDKIT_CACHE = 'application/vnd.buildkit.cacheconfig.';

function addArtifact(
  walk: Walk,
  { digest }: Descriptor,
  tags: readonly string[],
  artifact: Artifact,
  image: ImageDescription | null = null,
): void {
  walk.artifacts.push({ tags, manifestDigest: digest, artifact, image });
}

function textIn(json: unknown, key: string): string {
  const value = isJsonObject(json) ? json[key] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Returns the bytes of a small blob, from its file or from its descriptor. */
function readBlob(
  { reader, embeddedName }: Walk,
  descriptor: Descriptor,
): { name: string; bytes: Uint8Array } | null {
  const name = blobName(descriptor.digest);
  const file = reader.find(name);
  if (file !== null) return { name: nameIn(reader, file, name), bytes: reader.read(file) };
  return descriptor.data === undefined ? null : { name: embeddedName ?? name, bytes: descriptor.data };
}

/** In a directory of `skopeo copy dir:`, blobs have other names. In an archive, a name may be a link to another one. */
function nameIn({ medium }: ArchiveReader, file: ArchiveFile, name: string): string {
  return medium === 'directory' ? file.name : name;
}

/** Compares a blob with the size and digest that its descriptor declares. */
function checkBlob(
  descriptor: Descriptor,
  name: string,
  bytes: Uint8Array,
  digest = (algorithm: ComputableAlgorithm): Digest => digestOf(bytes, algorithm),
): Finding[] {
  const findings: Finding[] = [];
  if (bytes.length !== descriptor.size) {
    const message = `${name} has ${bytes.length} bytes; its descriptor declares ${descriptor.size}`;
    findings.push(createFinding('size-mismatch', message));
  }
  const algorithm = computableAlgorithmOf(descriptor.digest);
  if (algorithm !== null && digest(algorithm) !== descriptor.digest) {
    findings.push(
      createFinding('digest-mismatch', `${name} does not have the digest that its descriptor declares`),
    );
  }
  return findings;
}

function hasKey(json: unknown, key: string): boolean {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, key);
}

/**
 * Works as `describeOci`, but returns findings for the index and the images that cannot be read: `manifest.json` has
 * them too.
 */
export function tryDescribeOci(reader: ArchiveReader, indexName: string): OciImages {
  try {
    const { images, unreadable, artifacts, findings } = describeOci(reader, indexName);
    const others = unreadable.map(({ error }) => createFinding('manifest-unreadable', error.message));
    return { images, unreadable: [], artifacts, findings: [...findings, ...others] };
  } catch (error) {
    if (!isLayersError(error)) throw error;
    const finding = createFinding('manifest-unreadable', error.message);
    return { images: [], unreadable: [], artifacts: [], findings: [finding] };
  }
}
