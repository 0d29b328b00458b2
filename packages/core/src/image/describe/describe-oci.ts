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

/** The images that an OCI index leads to, and what of it is odd. */
export interface OciImages {
  readonly images: readonly ImageDescription[];
  readonly findings: readonly Finding[];
}

const MAX_DEPTH = 8;
const MAX_MANIFESTS = 10_000;

/**
 * Follows `index.json` through nested indexes to every image that is there (OCI image-layout.md, image-index.md).
 * Attestations and artifacts are no images; platforms that the index names and the archive does not carry, as
 * Docker 29 saves them, are findings.
 */
export function describeOci(members: ArchiveReader, indexName: string): OciImages {
  const walk: Walk = {
    members,
    readConfig: createConfigReader(members),
    images: new Map(),
    tags: new Map(),
    findings: [],
    nested: new Map(),
    visited: new Set(),
    manifests: 0,
  };
  const member = members.find(indexName);
  if (member === null) return { images: [], findings: [] };
  const json = parseJson(members.read(member), indexName);
  const index = parseIndex(json, indexName);
  if (index.schemaVersion === undefined) {
    walk.findings.push(createFinding('schema-version', `${indexName} states no schemaVersion`));
  }
  // Null is what docker writes for none.
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
  readonly members: ArchiveReader;
  readonly readConfig: ConfigReader;
  /** By manifest digest: an archive names an image once a tag. */
  readonly images: Map<Digest, ImageDescription>;
  /** Of the images that are named more than once all tags. */
  readonly tags: Map<Digest, Set<string>>;
  readonly findings: Finding[];
  /** What was found to lead where, so that an index or artifact with many names is read once. */
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

  const what = `${descriptor.digest} ${descriptor.mediaType}`;
  const nested = walk.nested.get(what) ?? describeDescriptor(walk, descriptor, tags);
  if (nested === null) return;
  walk.nested.set(what, nested);
  for (const inner of nested) follow(walk, inner, tags, depth + 1);
}

/** Adds the image that a descriptor names, or gives the descriptors of the index that it names; null where neither is there. */
function describeDescriptor(
  walk: Walk,
  descriptor: Descriptor,
  tags: readonly string[],
): readonly Descriptor[] | null {
  const blob = readBlob(walk.members, descriptor);
  if (blob === null) {
    const platform = descriptor.platform === undefined ? 'an image' : formatPlatform(descriptor.platform);
    const message = `the index names ${platform} (${descriptor.digest}), which the archive does not carry`;
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
  { members, readConfig: readMember }: Walk,
  descriptor: Descriptor,
  manifest: Manifest,
  manifestName: string,
  manifestBytes: Uint8Array,
  tags: readonly string[],
): ImageDescription | null {
  const configName = blobName(manifest.config.digest);
  const configMember = members.find(configName);
  const embedded = manifest.config.data;
  if (configMember === null && embedded === undefined) return null;
  const read: ReadConfig =
    configMember === null
      ? readConfig(embedded ?? new Uint8Array(0), configName)
      : readMember(configMember, configName);
  const { config } = read;
  const findings: Finding[] = [
    ...checkBlob(descriptor, manifestName, manifestBytes),
    ...checkBlob(manifest.config, configName, read.bytes, read.digest),
  ];
  if (manifest.schemaVersion === undefined) {
    findings.push(createFinding('schema-version', `${manifestName} states no schemaVersion`));
  }
  findings.push(...checkLayerCount(manifest.layers.length, config.diffIds.length));
  const layers = manifest.layers.map((layer, position): LayerDescription => {
    const name = blobName(layer.digest);
    const member = members.find(name);
    const nonDistributable = isNonDistributable(layer.mediaType);
    if (member === null && layer.data === undefined) {
      findings.push(
        nonDistributable
          ? createFinding(
              'layer-not-distributable',
              `layer ${position} may not be distributed and is not here`,
              { layer: position },
            )
          : createFinding('layer-missing', `layer ${position} (${layer.digest}) is not in the archive`, {
              layer: position,
            }),
      );
    } else if (member !== null && member.size !== layer.size) {
      const message = `layer ${position} has ${member.size} bytes; its descriptor claims ${layer.size}`;
      findings.push(createFinding('size-mismatch', message, { layer: position }));
    }
    return {
      member,
      data: member === null ? (layer.data ?? null) : null,
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
    claimedId: manifest.config.digest,
    configName,
    configBytes: read.bytes,
    config,
    manifestDigest: digestOf(manifestBytes, computableAlgorithmOf(descriptor.digest) ?? 'sha256'),
    manifestName,
    tags: [...new Set(tags)],
    platform: platformOfConfig(config) ?? descriptor.platform ?? null,
    layers,
    findings,
    claims: [
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

/** The bytes of a small blob: the member of its digest's name, or what its descriptor embeds. */
function readBlob(
  members: ArchiveReader,
  descriptor: Descriptor,
): { name: string; bytes: Uint8Array } | null {
  const name = blobName(descriptor.digest);
  const member = members.find(name);
  if (member !== null) return { name, bytes: members.read(member) };
  return descriptor.data === undefined ? null : { name, bytes: descriptor.data };
}

/** Compares a blob with the size and digest that its descriptor claims. */
function checkBlob(
  descriptor: Descriptor,
  name: string,
  bytes: Uint8Array,
  digest = (algorithm: ComputableAlgorithm): Digest => digestOf(bytes, algorithm),
): Finding[] {
  const findings: Finding[] = [];
  if (bytes.length !== descriptor.size) {
    const message = `${name} has ${bytes.length} bytes; its descriptor claims ${descriptor.size}`;
    findings.push(createFinding('size-mismatch', message));
  }
  const algorithm = computableAlgorithmOf(descriptor.digest);
  if (algorithm !== null && digest(algorithm) !== descriptor.digest) {
    findings.push(
      createFinding('digest-mismatch', `${name} does not have the digest that its descriptor claims`),
    );
  }
  return findings;
}

function hasKey(json: unknown, key: string): boolean {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, key);
}

/** The images of `index.json`, or a finding where it cannot be read and something else describes the images. */
export function tryDescribeOci(members: ArchiveReader, indexName: string): OciImages {
  try {
    return describeOci(members, indexName);
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return { images: [], findings: [createFinding('manifest-unreadable', error.message)] };
  }
}
