import { isLayersError, LayersError } from '@layers/errors';
import { createFinding, type Finding } from '../../findings/finding.js';
import { artifactText } from '../../oci/artifact.js';
import { joinHistory } from '../../oci/history.js';
import { parseJson } from '../../oci/json.js';
import { familiarTag } from '../../oci/reference.js';
import { parseRepositories } from '../../oci/repositories.js';
import type { ArchiveReader } from '../archive/archive-reader.js';
import type { SourceInfo } from '../archive/source-info.js';
import { filesKind } from '../other-content/files-kind.js';
import { type DockerImages, describeDocker, describeV1 } from './describe-docker.js';
import {
  describeDirectory,
  describeOci,
  errorOfImage,
  type OciImages,
  tryDescribeOci,
} from './describe-oci.js';
import type { ArtifactDescription, ImageDescription, UnreadableImage } from './description.js';
import { createAgreement } from './diff-id-agreement.js';
import { artifactError, shortened } from './select-image.js';

/** The format of an archive or layout, and the images that its documents declare. */
export interface Description {
  readonly format: SourceInfo['format'];
  readonly variant: 'legacy' | 'hybrid' | 'plain' | null;
  readonly images: readonly ImageDescription[];
  /** Each has a finding. */
  readonly unreadable: readonly UnreadableImage[];
  /** Each has a finding. */
  readonly artifacts: readonly ArtifactDescription[];
  readonly findings: readonly Finding[];
}

/**
 * Recognises the format by content, and describes the images. In a hybrid the OCI documents say more, and
 * `manifest.json` adds tags and images that they lack.
 *
 * Throws ERR_LAYERS_NOT_AN_IMAGE where no document describes an image, ERR_LAYERS_NO_IMAGE, and the errors of
 * `describeOci`, `describeDocker` and `describeV1`.
 */
export function describeImages(reader: ArchiveReader): Description {
  const hasDocker = reader.find('manifest.json') !== null;
  const hasOci = reader.find('index.json') !== null;
  if (hasDocker && !hasOci && reader.medium === 'directory') {
    const directory = describeDirectory(reader, 'manifest.json');
    if (directory !== null) return describeAs('dir', null, directory);
  }
  if (hasDocker) {
    const oci = hasOci ? tryDescribeOci(reader, 'index.json') : NO_IMAGES;
    const docker = describeDockerBeside(reader, 'manifest.json', oci);
    const { images, findings } = join(reader, oci, docker.images);
    findings.push(...docker.findings);
    const { unreadable } = docker;
    findings.push(...checkRepositories(reader, images));
    const variant = hasOci ? 'hybrid' : hasV1Directories(images, reader) ? 'legacy' : 'plain';
    const format = reader.medium === 'directory' && hasOci ? 'oci' : 'docker-archive';
    const { artifacts } = oci;
    return describeAs(format, format === 'oci' ? null : variant, { images, unreadable, artifacts, findings });
  }
  if (hasOci) {
    const format = OCI_FORMATS[reader.medium];
    return describeAs(format, null, describeOci(reader, 'index.json'));
  }
  if (reader.find('repositories') !== null) {
    return describeAs('docker-archive', 'legacy', {
      ...describeV1(reader, 'repositories'),
      artifacts: [],
    });
  }
  throw notAnImage(reader);
}

const OCI_FORMATS = { archive: 'oci-archive', directory: 'oci', registry: 'registry' } as const;

/** Describes `manifest.json`. Where it cannot be read, and the OCI documents describe images, that is a finding. */
function describeDockerBeside(
  reader: ArchiveReader,
  manifestName: string,
  { images }: OciImages,
): DockerImages {
  try {
    return describeDocker(reader, manifestName);
  } catch (error) {
    if (images.length === 0) throw error;
    const { message } = errorOfImage(error);
    return { images: [], unreadable: [], findings: [createFinding('manifest-unreadable', message)] };
  }
}

function describeAs(
  format: Description['format'],
  variant: Description['variant'],
  { images, unreadable, artifacts, findings }: OciImages,
): Description {
  const [first] = unreadable;
  if (images.length === 0 && first !== undefined) throw first.error;
  const [artifact] = artifacts;
  if (images.length === 0 && artifact !== undefined) {
    if (artifacts.every(({ image }) => image === null)) throw artifactError(artifact);
    const described = artifacts.map(artifactFinding);
    return { format, variant, images, unreadable, artifacts, findings: [...findings, ...described] };
  }
  if (images.length === 0) {
    const reason = findings[0] === undefined ? '' : `: ${findings[0].message}`;
    throw new LayersError('ERR_LAYERS_NO_IMAGE', `there is no image in the archive${reason}`, {
      hint: 'save the image again, by its name',
    });
  }
  const unread = unreadable.map(({ tags, error }) => {
    const name = tags.length === 0 ? 'an image' : `the image ${tags.join(', ')}`;
    return createFinding('image-unreadable', `${name} cannot be read: ${error.message}`);
  });
  return {
    format,
    variant,
    images: images.map(checkHistory),
    unreadable,
    artifacts,
    findings: [...findings, ...unread, ...artifacts.map(artifactFinding)],
  };
}

function artifactFinding({ tags, manifestDigest, artifact }: ArtifactDescription): Finding {
  const name = tags.length === 0 ? (manifestDigest ?? 'a manifest') : shortened(tags.join(', '));
  return createFinding('artifact', `${name} is not an image, but ${artifactText(artifact)}`);
}

function checkHistory(image: ImageDescription): ImageDescription {
  if (!joinHistory(image.config.history, image.layers.length).mismatch) return image;
  const message = 'the history does not have one step for each layer; layers may show the wrong instruction';
  return { ...image, findings: [...image.findings, createFinding('history-mismatch', message)] };
}

/** An image that several documents describe. */
interface Joined {
  image: ImageDescription;
  readonly dockerTags: Set<string>;
  readonly findings: Finding[];
}

const NO_IMAGES: OciImages = { images: [], unreadable: [], artifacts: [], findings: [] };

function join(
  reader: ArchiveReader,
  oci: OciImages,
  docker: readonly ImageDescription[],
): { images: readonly ImageDescription[]; findings: Finding[] } {
  const findings = [...oci.findings];
  const all: Joined[] = [];
  const byContent = new Map<string, Joined>();
  const ofIndex = new Map<string, Joined>();
  const agreement = createAgreement(reader);
  const add = (image: ImageDescription, tags: readonly string[]): void => {
    const entry = { image, dockerTags: new Set(tags), findings: [...image.findings] };
    all.push(entry);
    const content = contentKey(image);
    if (!byContent.has(content)) byContent.set(content, entry);
  };
  for (const image of oci.images) add(image, []);
  for (const joined of all) if (joined.image.id !== null) ofIndex.set(joined.image.id, joined);
  for (const image of docker) {
    const other = byContent.get(contentKey(image)) ?? ofIndex.get(image.id ?? '');
    if (other === undefined) {
      const message = 'index.json lacks an image that manifest.json has';
      if (oci.images.length + oci.findings.length > 0)
        findings.push(createFinding('manifests-disagree', message));
      add(image, image.tags);
      continue;
    }
    for (const tag of image.tags) other.dockerTags.add(tag);
    const disagreements = disagreementsOf(other.image, image);
    for (const found of disagreements) other.findings.push(found);
    if (disagreements.length > 0 && !agreement(other.image) && agreement(image)) {
      const message = 'only manifest.json agrees with the DiffIDs of the config; its layers are used';
      other.findings.push(createFinding('manifests-disagree', message));
      // Both have the same config. The manifest describes other layers.
      const { layers } = image;
      other.image = { ...other.image, layers, manifestDigest: null, manifestName: null };
    }
    for (const found of image.findings) if (DOCKER_ONLY.has(found.code)) other.findings.push(found);
  }
  return { images: all.map(finishJoined), findings };
}

const contentKey = ({ id, layers }: ImageDescription): string => `${id} ${layers.length}`;

function finishJoined({ image, dockerTags, findings }: Joined): ImageDescription {
  // Where manifest.json has tags, the tags without a name in OCI's annotations add nothing.
  const named = dockerTags.size > 0 ? image.tags.filter((tag) => /[:/]/.test(tag)) : image.tags;
  return { ...image, tags: [...new Set([...named, ...dockerTags])], findings };
}

/** Findings about `manifest.json` alone; its other findings repeat those of the OCI documents. */
const DOCKER_ONLY: ReadonlySet<Finding['code']> = new Set(['image-id-mismatch', 'manifests-disagree']);

function disagreementsOf(one: ImageDescription, other: ImageDescription): Finding[] {
  if (one.layers.length !== other.layers.length) {
    const message = `index.json names ${one.layers.length} layers, and manifest.json ${other.layers.length}`;
    return [createFinding('manifests-disagree', message)];
  }
  return one.layers.flatMap((layer, position): Finding[] => {
    const otherLayer = other.layers[position];
    if (otherLayer === undefined) return [];
    const isSameFile = (otherLayer.file?.name ?? otherLayer.name) === (layer.file?.name ?? layer.name);
    const isSameSize = otherLayer.size === null || layer.size === null || otherLayer.size === layer.size;
    if (isSameFile && isSameSize) return [];
    const message = `the archive's documents name different ${isSameFile ? 'sizes' : 'files'} for layer ${position}`;
    return [createFinding('manifests-disagree', message, { layer: position })];
  });
}

/** Checks that the legacy `repositories`, where it has tags, has the same as `manifest.json`. */
function checkRepositories(reader: ArchiveReader, images: readonly ImageDescription[]): Finding[] {
  const file = reader.find('repositories');
  if (file === null) return [];
  let declared: ReadonlySet<string>;
  try {
    const json = parseJson(reader.read(file), 'repositories');
    const lines = parseRepositories(json, 'repositories');
    declared = new Set(lines.map(({ repository, tag }) => familiarTag(`${repository}:${tag}`)));
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return [createFinding('tags-disagree', error.message)];
  }
  const tags = new Set(images.flatMap((image) => image.tags));
  const isSame =
    declared.size === 0 || (declared.size === tags.size && [...declared].every((tag) => tags.has(tag)));
  return isSame ? [] : [createFinding('tags-disagree', 'manifest.json and repositories have different tags')];
}

function hasV1Directories(images: readonly ImageDescription[], reader: ArchiveReader): boolean {
  const first = images[0]?.layers[0]?.name;
  if (first?.endsWith('/layer.tar')) return true;
  for (const name of reader.names()) if (name.endsWith('/layer.tar')) return true;
  return false;
}

function notAnImage(reader: ArchiveReader): LayersError {
  const { name, advice } = filesKind(reader);
  return new LayersError('ERR_LAYERS_NOT_AN_IMAGE', `the input is not an image archive, but ${name}`, {
    hint: advice,
  });
}
