import { LayersError } from '@layers/errors';
import { createFinding, type Finding } from '../../findings/finding.js';
import { type ImageConfig, platformOfConfig } from '../../oci/config.js';
import { type DockerManifestEntry, parseDockerManifest } from '../../oci/docker-manifest.js';
import { parseJson } from '../../oci/json.js';
import { familiarTag } from '../../oci/reference.js';
import { parseRepositories } from '../../oci/repositories.js';
import { chainOfV1, historyOfV1, parseV1Image, type V1Image } from '../../oci/v1-json.js';
import { type ArchiveReader, cleanName } from '../archive/archive-reader.js';
import { digestOfLayerName, idOfConfigName } from '../archive/blob-names.js';
import { type ConfigReader, createConfigReader } from './config-reader.js';
import { checkLayerCount, refuseTooManyLayers } from './describe-layers.js';
import type { ImageDescription, LayerDescription } from './description.js';

const MAX_IMAGES = 100_000;

/** The images of a docker-archive's `manifest.json`. Throws ERR_LAYERS_DOCKER_MANIFEST, _CONFIG, _JSON, _LIMIT. */
export function describeDocker(members: ArchiveReader, manifestName: string): readonly ImageDescription[] {
  const member = members.find(manifestName);
  if (member === null) return [];
  const entries = parseDockerManifest(parseJson(members.read(member), manifestName), manifestName);
  if (entries.length > MAX_IMAGES) {
    throw new LayersError('ERR_LAYERS_LIMIT', `${manifestName} names more than ${MAX_IMAGES} images`, {
      file: manifestName,
      hint: 'such an archive is made to exhaust memory',
    });
  }
  const readConfig = createConfigReader(members);
  return entries.map((entry) => describeEntry(members, readConfig, entry, manifestName));
}

function describeEntry(
  members: ArchiveReader,
  readConfig: ConfigReader,
  entry: DockerManifestEntry,
  manifestName: string,
): ImageDescription {
  const configName = cleanName(entry.configPath) ?? entry.configPath;
  const member = members.find(configName);
  if (member === null) {
    throw new LayersError(
      'ERR_LAYERS_CONFIG',
      `the config ${JSON.stringify(configName)} is not in the archive`,
      {
        file: manifestName,
        hint: 'the archive is incomplete: save the image again',
      },
    );
  }
  const read = readConfig(member, configName);
  const { bytes: configBytes, config } = read;
  const id = read.digest('sha256');
  const claimedId = idOfConfigName(configName);
  const findings: Finding[] = [];
  if (claimedId !== null && claimedId !== id) {
    const message = `the config has the digest ${id}; its name claims ${claimedId}`;
    findings.push(createFinding('image-id-mismatch', message));
  }
  findings.push(...checkLayerCount(entry.layerPaths.length, config.diffIds.length));
  const layers = entry.layerPaths.map((path, position): LayerDescription => {
    const name = cleanName(path) ?? path;
    const found = members.find(name);
    if (found === null) {
      const message = `layer ${position} (${JSON.stringify(name)}) is not in the archive`;
      findings.push(createFinding('layer-missing', message, { layer: position }));
    }
    const diffId = config.diffIds[position] ?? null;
    const named = digestOfLayerName(found?.name ?? name, diffId);
    const source = diffId === null ? undefined : entry.layerSources.get(diffId);
    if (source !== undefined && named !== null && source.digest !== named) {
      const message = `${manifestName} claims the digest ${source.digest} for layer ${position}; its name claims ${named}`;
      findings.push(createFinding('manifests-disagree', message, { layer: position }));
    }
    return {
      member: found,
      data: null,
      name: found?.name ?? name,
      digest: named ?? source?.digest ?? null,
      size: source?.size ?? null,
      diffId,
      mediaType: null,
      nonDistributable: false,
    };
  });
  return {
    id,
    claimedId,
    configName,
    configBytes,
    config,
    manifestDigest: null,
    manifestName: null,
    tags: [...new Set(entry.repoTags.map(familiarTag))],
    platform: platformOfConfig(config) ?? null,
    layers,
    findings,
    claims:
      claimedId === null
        ? []
        : [{ name: configName, kind: 'image-id', digest: claimedId, size: null, bytes: configBytes }],
  };
}

/**
 * The images of an archive from before docker 1.10, which has no `manifest.json`: `repositories` names top layers,
 * and each layer its parent. Such images have neither ids nor DiffIDs. Throws ERR_LAYERS_REPOSITORIES, _V1.
 */
export function describeV1(members: ArchiveReader, repositoriesName: string): readonly ImageDescription[] {
  const member = members.find(repositoriesName);
  if (member === null) return [];
  const tagsByTop = new Map<string, string[]>();
  for (const { repository, tag, id } of parseRepositories(
    parseJson(members.read(member), repositoriesName),
    repositoriesName,
  )) {
    tagsByTop.set(id, [...(tagsByTop.get(id) ?? []), familiarTag(`${repository}:${tag}`)]);
  }
  const parsed = new Map<string, V1Image>();
  const find = (id: string): V1Image | undefined => {
    const known = parsed.get(id);
    if (known !== undefined) return known;
    const name = `${id}/json`;
    const document = members.find(name);
    if (document === null) return undefined;
    const image = parseV1Image(parseJson(members.read(document), name), name);
    parsed.set(id, image);
    return image;
  };
  return [...tagsByTop].map(([top, tags]) => describeChain(members, chainOfV1(top, find), tags));
}

function describeChain(
  members: ArchiveReader,
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
    const member = members.find(name);
    if (member === null) {
      const message = `layer ${position} (${name}) is not in the archive`;
      findings.push(createFinding('layer-missing', message, { layer: position }));
    }
    return {
      member,
      data: null,
      name: member?.name ?? name,
      digest: null,
      size: null,
      diffId: null,
      mediaType: null,
      nonDistributable: false,
    };
  });
  return {
    id: null,
    claimedId: null,
    configName: null,
    configBytes: null,
    config,
    manifestDigest: null,
    manifestName: null,
    tags,
    platform: platformOfConfig(config) ?? null,
    layers,
    findings,
    claims: [],
  };
}
