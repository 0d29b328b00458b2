import { isLayersError, LayersError } from '@layers/errors';
import { createFinding, type Finding } from '../../findings/finding.js';
import { joinHistory } from '../../oci/history.js';
import { parseJson } from '../../oci/json.js';
import { familiarTag } from '../../oci/reference.js';
import { parseRepositories } from '../../oci/repositories.js';
import type { ArchiveReader } from '../archive/archive-reader.js';
import { describeDocker, describeV1 } from './describe-docker.js';
import { describeOci, type OciImages, tryDescribeOci } from './describe-oci.js';
import type { ImageDescription } from './description.js';

/** What an archive or layout is, and the images that it says it has. */
export interface Description {
  readonly format: 'docker-archive' | 'oci-archive' | 'oci';
  readonly variant: 'legacy' | 'hybrid' | 'plain' | null;
  readonly images: readonly ImageDescription[];
  readonly findings: readonly Finding[];
}

/**
 * Finds out by content what the members are, and describes the images. In a hybrid the OCI documents say more, and
 * `manifest.json` adds tags and images that they lack.
 *
 * Throws ERR_LAYERS_NOT_AN_IMAGE where nothing describes an image, and the errors of the documents.
 */
export function describeMembers(members: ArchiveReader): Description {
  const hasDocker = members.find('manifest.json') !== null;
  const hasOci = members.find('index.json') !== null;
  if (hasDocker) {
    const oci: OciImages = hasOci ? tryDescribeOci(members, 'index.json') : { images: [], findings: [] };
    const { images, findings } = joined(oci, describeDocker(members, 'manifest.json'));
    findings.push(...checkRepositories(members, images));
    const variant = hasOci ? 'hybrid' : hasV1Folders(images, members) ? 'legacy' : 'plain';
    const format = members.medium === 'directory' && hasOci ? 'oci' : 'docker-archive';
    return finished(format, format === 'oci' ? null : variant, images, findings);
  }
  if (hasOci) {
    const { images, findings } = describeOci(members, 'index.json');
    return finished(members.medium === 'directory' ? 'oci' : 'oci-archive', null, images, findings);
  }
  if (members.find('repositories') !== null) {
    return finished('docker-archive', 'legacy', describeV1(members, 'repositories'), []);
  }
  throw notAnImage(members);
}

function finished(
  format: Description['format'],
  variant: Description['variant'],
  images: readonly ImageDescription[],
  findings: readonly Finding[],
): Description {
  if (images.length === 0) {
    const why = findings[0] === undefined ? '' : `: ${findings[0].message}`;
    throw new LayersError('ERR_LAYERS_NO_IMAGE', `there is no image in it${why}`, {
      hint: 'save the image again, and by its name',
    });
  }
  return { format, variant, images: images.map(withHistoryChecked), findings };
}

function withHistoryChecked(image: ImageDescription): ImageDescription {
  if (!joinHistory(image.config.history, image.layers.length).mismatch) return image;
  const message =
    'the history does not have one step for each layer; instructions may stand beside the wrong layer';
  return { ...image, findings: [...image.findings, createFinding('history-mismatch', message)] };
}

/** An image that is put together from what several documents say of it. */
interface Joined {
  readonly image: ImageDescription;
  readonly dockerTags: Set<string>;
  readonly findings: Finding[];
}

function joined(
  oci: OciImages,
  docker: readonly ImageDescription[],
): { images: readonly ImageDescription[]; findings: Finding[] } {
  const findings = [...oci.findings];
  const all: Joined[] = [];
  const byContent = new Map<string, Joined>();
  const add = (image: ImageDescription, tags: readonly string[]): void => {
    const entry = { image, dockerTags: new Set(tags), findings: [...image.findings] };
    all.push(entry);
    const content = contentOf(image);
    if (!byContent.has(content)) byContent.set(content, entry);
  };
  for (const image of oci.images) add(image, []);
  for (const image of docker) {
    const other = byContent.get(contentOf(image));
    if (other === undefined) {
      const message = 'index.json does not lead to an image that manifest.json has';
      if (oci.images.length + oci.findings.length > 0)
        findings.push(createFinding('manifests-disagree', message));
      add(image, image.tags);
      continue;
    }
    for (const tag of image.tags) other.dockerTags.add(tag);
    for (const found of disagreementsOf(other.image, image)) other.findings.push(found);
    for (const found of image.findings) if (FROM_DOCKER.has(found.code)) other.findings.push(found);
  }
  return { images: all.map(finishedJoin), findings };
}

const contentOf = ({ id, layers }: ImageDescription): string => `${id} ${layers.length}`;

function finishedJoin({ image, dockerTags, findings }: Joined): ImageDescription {
  // Where docker's document names tags, the bare ones that OCI's annotations give add nothing.
  const named = dockerTags.size > 0 ? image.tags.filter((tag) => /[:/]/.test(tag)) : image.tags;
  return { ...image, tags: [...new Set([...named, ...dockerTags])], findings };
}

/** What is odd about `manifest.json` alone; the rest of its findings repeat those of the OCI documents. */
const FROM_DOCKER: ReadonlySet<Finding['code']> = new Set(['image-id-mismatch', 'manifests-disagree']);

function disagreementsOf(one: ImageDescription, other: ImageDescription): Finding[] {
  return one.layers.flatMap((layer, position): Finding[] => {
    const its = other.layers[position];
    if (its === undefined) return [];
    const sameMember = (its.member?.name ?? its.name) === (layer.member?.name ?? layer.name);
    const sameSize = its.size === null || layer.size === null || its.size === layer.size;
    if (sameMember && sameSize) return [];
    const message = `the archive's documents name different ${sameMember ? 'sizes' : 'members'} for layer ${position}`;
    return [createFinding('manifests-disagree', message, { layer: position })];
  });
}

/** The legacy `repositories` repeats the tags: where it has any, they must be the same. */
function checkRepositories(members: ArchiveReader, images: readonly ImageDescription[]): Finding[] {
  const member = members.find('repositories');
  if (member === null) return [];
  let stated: ReadonlySet<string>;
  try {
    const json = parseJson(members.read(member), 'repositories');
    const lines = parseRepositories(json, 'repositories');
    stated = new Set(lines.map(({ repository, tag }) => familiarTag(`${repository}:${tag}`)));
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return [createFinding('tags-disagree', error.message)];
  }
  const tags = new Set(images.flatMap((image) => image.tags));
  const same = stated.size === 0 || (stated.size === tags.size && [...stated].every((tag) => tags.has(tag)));
  return same ? [] : [createFinding('tags-disagree', 'manifest.json and repositories have different tags')];
}

function hasV1Folders(images: readonly ImageDescription[], members: ArchiveReader): boolean {
  const first = images[0]?.layers[0]?.name;
  if (first?.endsWith('/layer.tar')) return true;
  for (const name of members.names()) if (name.endsWith('/layer.tar')) return true;
  return false;
}

function notAnImage(members: ArchiveReader): LayersError {
  const rootfs = ['etc/passwd', 'bin/sh', 'usr/bin/env', 'etc/os-release', '.dockerenv'];
  const isRootfs = rootfs.some((name) => {
    try {
      return members.find(name) !== null;
    } catch {
      return true;
    }
  });
  return new LayersError('ERR_LAYERS_NOT_AN_IMAGE', 'there is neither manifest.json nor index.json in it', {
    hint: isRootfs
      ? 'this looks like a root file system, as docker export writes it: layers import makes an image of it'
      : 'an image archive comes from docker save, skopeo copy or a builder',
  });
}
