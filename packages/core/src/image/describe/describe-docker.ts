import { LayersError } from '@layers/errors';
import { createFinding, type Finding } from '../../findings/finding.js';
import { type ImageConfig, platformOfImage } from '../../oci/config.js';
import { type DockerManifestEntry, parseDockerManifest } from '../../oci/docker-manifest.js';
import { parseJson } from '../../oci/json.js';
import { familiarTag } from '../../oci/reference.js';
import { parseRepositories } from '../../oci/repositories.js';
import { chainOfV1, historyOfV1, parseV1Image, type V1Image } from '../../oci/v1-json.js';
import { isJsonObject } from '../../oci/validate.js';
import { type ArchiveReader, cleanName } from '../archive/archive-reader.js';
import { digestOfLayerName, idOfConfigName } from '../archive/blob-names.js';
import { findByteOrderMark } from './byte-order-mark.js';
import { type ConfigReader, createConfigReader } from './config-reader.js';
import { checkLayerCount, refuseTooManyLayers } from './describe-layers.js';
import { errorOfImage } from './describe-oci.js';
import type { ImageDescription, LayerDescription, UnreadableImage } from './description.js';

/** The images of a docker-archive, and findings about the document that lists them. */
export interface DockerImages {
  readonly findings: readonly Finding[];
  readonly images: readonly ImageDescription[];
  readonly unreadable: readonly UnreadableImage[];
}

const MAX_IMAGES = 100_000;

/**
 * Describes the images of a docker-archive's `manifest.json`. Throws ERR_LAYERS_DOCKER_MANIFEST, ERR_LAYERS_CONFIG,
 * ERR_LAYERS_JSON and ERR_LAYERS_LIMIT.
 */
export function describeDocker(reader: ArchiveReader, manifestName: string): DockerImages {
  const file = reader.find(manifestName);
  if (file === null) return { images: [], unreadable: [], findings: [] };
  const unreadable: UnreadableImage[] = [];
  const bytes = reader.read(file);
  const json = parseJson(bytes, manifestName);
  const entries = parseDockerManifest(json, manifestName, (error, entry) => {
    unreadable.push({ tags: tagsOfInvalid(entry), platform: null, manifestDigest: null, error });
  });
  if (entries.length > MAX_IMAGES) {
    throw new LayersError('ERR_LAYERS_LIMIT', `${manifestName} names more than ${MAX_IMAGES} images`, {
      file: manifestName,
      hint: 'the archive may be malicious',
    });
  }
  const readConfig = createConfigReader(reader);
  const described = describeEach(entries, {
    tagsOf: (entry) => [...new Set(entry.repoTags.map(familiarTag))],
    describe: (entry) => describeEntry(reader, readConfig, entry, manifestName),
  });
  return {
    images: described.images,
    unreadable: [...unreadable, ...described.unreadable],
    findings: findByteOrderMark(bytes, manifestName),
  };
}

/** Returns the tags of an invalid entry, as far as it has some. */
function tagsOfInvalid(entry: unknown): readonly string[] {
  const tags: unknown = isJsonObject(entry) ? entry['RepoTags'] : null;
  if (!Array.isArray(tags)) return [];
  return [...new Set(tags.filter((tag) => typeof tag === 'string').map(familiarTag))];
}

/** Describes items; keeps the errors of those that cannot be read. */
function describeEach<Item>(
  items: Iterable<Item>,
  how: { tagsOf(item: Item): readonly string[]; describe(item: Item): ImageDescription },
): Omit<DockerImages, 'findings'> {
  const images: ImageDescription[] = [];
  const unreadable: UnreadableImage[] = [];
  for (const item of items) {
    try {
      images.push(how.describe(item));
    } catch (error) {
      const tags = how.tagsOf(item);
      unreadable.push({ tags, platform: null, manifestDigest: null, error: errorOfImage(error) });
    }
  }
  return { images, unreadable };
}

function describeEntry(
  reader: ArchiveReader,
  readConfig: ConfigReader,
  entry: DockerManifestEntry,
  manifestName: string,
): ImageDescription {
  const configName = cleanName(entry.configPath) ?? entry.configPath;
  const file = reader.find(configName);
  if (file === null) {
    throw new LayersError(
      'ERR_LAYERS_CONFIG',
      `the config ${JSON.stringify(configName)} is not in the archive`,
      {
        file: manifestName,
        hint: 'the archive is incomplete: save the image again',
      },
    );
  }
  const read = readConfig(file, configName);
  const { bytes: configBytes, config } = read;
  const id = read.digest('sha256');
  const declaredId = idOfConfigName(configName);
  const findings: Finding[] = [];
  if (declaredId !== null && declaredId !== id) {
    const message = `the config has the digest ${id}; its name declares ${declaredId}`;
    findings.push(createFinding('image-id-mismatch', message));
  }
  findings.push(...read.findings, ...checkLayerCount(entry.layerPaths.length, config.diffIds.length));
  const layers = entry.layerPaths.map((path, position): LayerDescription => {
    const name = cleanName(path) ?? path;
    const found = reader.find(name);
    if (found === null) {
      const message = `layer ${position} (${JSON.stringify(name)}) is not in the archive`;
      findings.push(createFinding('layer-missing', message, { layer: position }));
    }
    const diffId = config.diffIds[position] ?? null;
    const named = digestOfLayerName(found?.name ?? name, diffId);
    const source = diffId === null ? undefined : entry.layerSources.get(diffId);
    if (source !== undefined && named !== null && source.digest !== named) {
      const message = `${manifestName} declares the digest ${source.digest} for layer ${position}; its name declares ${named}`;
      findings.push(createFinding('manifests-disagree', message, { layer: position }));
    }
    return {
      file: found,
      data: null,
      name: found?.name ?? name,
      ...(found === null || found.name === name ? {} : { isLinked: true }),
      digest: named ?? source?.digest ?? null,
      size: source?.size ?? null,
      diffId,
      mediaType: null,
      nonDistributable: false,
    };
  });
  return {
    id,
    declaredId,
    configName,
    configBytes,
    config,
    manifestDigest: null,
    manifestName: null,
    tags: [...new Set(entry.repoTags.map(familiarTag))],
    platform: platformOfImage(config) ?? null,
    layers,
    findings,
    documents:
      declaredId === null
        ? []
        : [{ name: configName, kind: 'image-id', digest: declaredId, size: null, bytes: configBytes }],
  };
}

/**
 * Describes the images of an archive from before docker 1.10, which has no `manifest.json`: `repositories` names the
 * top layers, and each layer its parent. These images have neither ids nor DiffIDs. Throws ERR_LAYERS_REPOSITORIES,
 * ERR_LAYERS_V1, ERR_LAYERS_JSON and ERR_LAYERS_LIMIT.
 */
export function describeV1(reader: ArchiveReader, repositoriesName: string): DockerImages {
  const file = reader.find(repositoriesName);
  if (file === null) return { images: [], unreadable: [], findings: [] };
  const bytes = reader.read(file);
  const tagsByTop = new Map<string, string[]>();
  const named = parseRepositories(parseJson(bytes, repositoriesName), repositoriesName);
  for (const { repository, tag, id } of named) {
    const tags = tagsByTop.get(id) ?? [];
    tagsByTop.set(id, tags);
    tags.push(familiarTag(`${repository}:${tag}`));
  }
  const parsed = new Map<string, V1Image>();
  const find = (id: string): V1Image | undefined => {
    const known = parsed.get(id);
    if (known !== undefined) return known;
    const name = `${id}/json`;
    const document = reader.find(name);
    if (document === null) return undefined;
    const image = parseV1Image(parseJson(reader.read(document), name), name);
    parsed.set(id, image);
    return image;
  };
  const described = describeEach(tagsByTop, {
    tagsOf: ([, tags]) => tags,
    describe: ([top, tags]) => describeChain(reader, chainOfV1(top, find), tags),
  });
  return { ...described, findings: findByteOrderMark(bytes, repositoriesName) };
}

function describeChain(
  reader: ArchiveReader,
  chain: readonly V1Image[],
  tags: readonly string[],
): ImageDescription {
  refuseTooManyLayers(chain.length);
  const top = chain.at(-1);
  const config: ImageConfig = {
    created: top?.created,
    author: top?.author,
    os: top?.os,
    architecture: top?.architecture,
    variant: top?.variant,
    osVersion: undefined,
    config: top?.config,
    diffIds: [],
    history: chain.map(historyOfV1),
  };
  const findings: Finding[] = [];
  const layers = chain.map((image, position): LayerDescription => {
    const name = `${image.id}/layer.tar`;
    const file = reader.find(name);
    if (file === null) {
      const message = `layer ${position} (${name}) is not in the archive`;
      findings.push(createFinding('layer-missing', message, { layer: position }));
    }
    return {
      file,
      data: null,
      name: file?.name ?? name,
      digest: null,
      size: null,
      diffId: null,
      mediaType: null,
      nonDistributable: false,
    };
  });
  return {
    id: null,
    declaredId: null,
    configName: null,
    configBytes: null,
    config,
    manifestDigest: null,
    manifestName: null,
    tags,
    platform: platformOfImage(config) ?? null,
    layers,
    findings,
    documents: [],
  };
}
