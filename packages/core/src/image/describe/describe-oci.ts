import { isLayersError, LayersError } from '@layers/errors';
import { type ComputableAlgorithm, computableAlgorithmOf, type Digest } from '../../digest/digest.js';
import { digestOf } from '../../digest/digester.js';
import { createFinding, type Finding } from '../../findings/finding.js';
import { tagsOfDescriptor } from '../../oci/annotations.js';
import { isAttestation, isImageManifest } from '../../oci/attestation.js';
import { platformOfConfig } from '../../oci/config.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { parseIndex } from '../../oci/index-document.js';
import { parseJson } from '../../oci/json.js';
import { type Manifest, parseManifest } from '../../oci/manifest.js';
import { isIndex, isManifest, isNonDistributable } from '../../oci/media-types.js';
import { formatPlatform } from '../../oci/platform.js';
import type { ArchiveReader } from '../archive/archive-reader.js';
import { blobName } from '../archive/blob-names.js';
import { type ConfigReader, createConfigReader, type ReadConfig, readConfig } from './config-reader.js';
import { checkLayerCount } from './describe-layers.js';
import type { ImageDescription, LayerDescription } from './description.js';

/** The images of an OCI index, and its oddities. */
export interface OciImages {
  readonly images: readonly ImageDescription[];
  readonly findings: readonly Finding[];
}

const MAX_DEPTH = 8;
const MAX_MANIFESTS = 10_000;

/**
 * Describes the images of `index.json` and of nested indexes (OCI image-layout.md, image-index.md). Skips
 * attestations and artifacts. Platforms that the index names and the archive lacks, as Docker 29 saves them, are
 * findings. Throws ERR_LAYERS_INDEX, ERR_LAYERS_MANIFEST, ERR_LAYERS_CONFIG, ERR_LAYERS_JSON and ERR_LAYERS_LIMIT.
 */
export function describeOci(reader: ArchiveReader, indexName: string): OciImages {
  const walk: Walk = {
    reader,
    readConfig: createConfigReader(reader),
    images: new Map(),
    tags: new Map(),
    findings: [],
    nested: new Map(),
    visited: new Set(),
    manifests: 0,
  };
  const file = reader.find(indexName);
  if (file === null) return { images: [], findings: [] };
  const json = parseJson(reader.read(file), indexName);
  const index = parseIndex(json, indexName);
  if (index.schemaVersion === undefined) {
    walk.findings.push(createFinding('schema-version', `${indexName} has no schemaVersion`));
  }
  // Docker writes null for an empty list.
  if (!hasKey(json, 'manifests')) {
    walk.findings.push(createFinding('manifest-unreadable', `${indexName} has no list of manifests`));
  }
  for (const descriptor of index.manifests) follow(walk, descriptor, [], 0);
  const images = [...walk.images].map(([digest, image]) => {
    const tags = walk.tags.get(digest);
    return tags === undefined ? image : { ...image, tags: [...tags] };
  });
  return { images, findings: walk.findings };
}

interface Walk {
  readonly reader: ArchiveReader;
  readonly readConfig: ConfigReader;
  /** By manifest digest: an archive names an image once for each tag. */
  readonly images: Map<Digest, ImageDescription>;
  /** All tags of the images that are named more than once. */
  readonly tags: Map<Digest, Set<string>>;
  readonly findings: Finding[];
  /** The contents of indexes, so that one with many names is read once. */
  readonly nested: Map<string, readonly Descriptor[]>;
  readonly visited: Set<string>;
  manifests: number;
}

function follow(walk: Walk, descriptor: Descriptor, inherited: readonly string[], depth: number): void {
  if (isAttestation(descriptor)) return;
  const tags = [...new Set([...inherited, ...tagsOfDescriptor(descriptor)])];
  const known = walk.images.get(descriptor.digest);
  if (known !== undefined) {
    const all = walk.tags.get(descriptor.digest) ?? new Set(known.tags);
    for (const tag of tags) all.add(tag);
    walk.tags.set(descriptor.digest, all);
    return;
  }
  const key = `${descriptor.digest} ${tags.join(' ')}`;
  if (walk.visited.has(key)) return;
  walk.visited.add(key);
  if (depth > MAX_DEPTH || ++walk.manifests > MAX_MANIFESTS) {
    throw new LayersError('ERR_LAYERS_LIMIT', 'the index nests too deep or names too many manifests', {
      file: 'index.json',
    });
  }

  const contentKey = `${descriptor.digest} ${descriptor.mediaType}`;
  const nested = walk.nested.get(contentKey) ?? describeDescriptor(walk, descriptor, tags);
  if (nested === null) return;
  walk.nested.set(contentKey, nested);
  for (const inner of nested) follow(walk, inner, tags, depth + 1);
}

/** Adds the image of a descriptor, or returns the descriptors of its index; null where the archive lacks it. */
function describeDescriptor(
  walk: Walk,
  descriptor: Descriptor,
  tags: readonly string[],
): readonly Descriptor[] | null {
  const blob = readBlob(walk.reader, descriptor);
  if (blob === null) {
    const platform = descriptor.platform === undefined ? 'an image' : formatPlatform(descriptor.platform);
    const message = `the index names ${platform} (${descriptor.digest}), which the archive lacks`;
    walk.findings.push(createFinding('platform-absent', message));
    return null;
  }
  const { name, bytes } = blob;
  const json = parseJson(bytes, name);
  if (isIndex(descriptor.mediaType) || (!isManifest(descriptor.mediaType) && hasKey(json, 'manifests'))) {
    walk.findings.push(...checkBlob(descriptor, name, bytes));
    return parseIndex(json, name).manifests;
  }
  if (!isManifest(descriptor.mediaType) && !hasKey(json, 'config')) return [];
  const manifest = parseManifest(json, name);
  if (!isImageManifest(manifest)) return [];
  const image = describeManifest(walk, descriptor, manifest, name, bytes, tags);
  if (image === null) {
    const message = `the image of ${descriptor.digest} has no config in the archive`;
    walk.findings.push(createFinding('platform-absent', message));
  } else walk.images.set(descriptor.digest, image);
  return [];
}

function describeManifest(
  { reader, readConfig: readConfigFile }: Walk,
  descriptor: Descriptor,
  manifest: Manifest,
  manifestName: string,
  manifestBytes: Uint8Array,
  tags: readonly string[],
): ImageDescription | null {
  const configName = blobName(manifest.config.digest);
  const configFile = reader.find(configName);
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
  ];
  if (manifest.schemaVersion === undefined) {
    findings.push(createFinding('schema-version', `${manifestName} has no schemaVersion`));
  }
  findings.push(...checkLayerCount(manifest.layers.length, config.diffIds.length));
  const layers = manifest.layers.map((layer, position): LayerDescription => {
    const name = blobName(layer.digest);
    const file = reader.find(name);
    const nonDistributable = isNonDistributable(layer.mediaType);
    if (file === null && layer.data === undefined) {
      findings.push(
        nonDistributable
          ? createFinding(
              'layer-not-distributable',
              `layer ${position} is non-distributable and not in the archive`,
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
      diffId: config.diffIds[position] ?? null,
      mediaType: layer.mediaType,
      nonDistributable,
    };
  });
  return {
    id: read.digest('sha256'),
    declaredId: manifest.config.digest,
    configName,
    configBytes: read.bytes,
    config,
    manifestDigest: digestOf(manifestBytes, computableAlgorithmOf(descriptor.digest) ?? 'sha256'),
    manifestName,
    tags: [...new Set(tags)],
    platform: platformOfConfig(config) ?? descriptor.platform ?? null,
    layers,
    findings,
    documents: [
      {
        name: manifestName,
        kind: 'digest',
        digest: descriptor.digest,
        size: descriptor.size,
        bytes: manifestBytes,
      },
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

/** Returns the bytes of a small blob, from its file or from its descriptor. */
function readBlob(reader: ArchiveReader, descriptor: Descriptor): { name: string; bytes: Uint8Array } | null {
  const name = blobName(descriptor.digest);
  const file = reader.find(name);
  if (file !== null) return { name, bytes: reader.read(file) };
  return descriptor.data === undefined ? null : { name, bytes: descriptor.data };
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

/** Works as `describeOci`, but returns a finding where the index cannot be read. */
export function tryDescribeOci(reader: ArchiveReader, indexName: string): OciImages {
  try {
    return describeOci(reader, indexName);
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return { images: [], findings: [createFinding('manifest-unreadable', error.message)] };
  }
}
