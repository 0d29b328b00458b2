import { isLayersError, LayersError, printable, withContext } from '@layers/errors';
import { computableAlgorithmOf } from '../digest/digest.js';
import { digestOf } from '../digest/digester.js';
import type { ArchiveReader } from '../image/archive/archive-reader.js';
import { blobDigest } from '../image/archive/blob-digest.js';
import { digestOfBlobName, idOfConfigName } from '../image/archive/blob-names.js';
import type { ImageDescription } from '../image/describe/description.js';
import { type ImageQuery, selectImage } from '../image/describe/select-image.js';
import {
  type Archive,
  type ArchiveInput,
  describeArchive,
  type OpenedMembers,
  openMembers,
  type ReadOptions,
} from '../image/open-archive.js';
import { type ReadImage, type ReadLayer, readImage, sameAlgorithm } from '../image/read-image.js';
import { type Check, SCHEMA_VERSION, type VerifyDocument } from './documents.js';
import { imageFindings } from './findings.js';
import { imageInfo } from './image-info.js';

/**
 * Recomputes everything that an archive claims of one image: the digests and sizes of its documents and layers, the
 * DiffIDs and the image id; and of every other blob that it carries. What does not hold is a check that failed,
 * also where a damaged document keeps the image from being understood.
 *
 * Throws where there is no archive to be read, and what `selectImage` throws.
 */
export async function verifyArchive(
  input: ArchiveInput,
  query: ImageQuery = {},
  options: ReadOptions = {},
): Promise<VerifyDocument> {
  const wishes = { ...options, verify: true };
  const opened = await openMembers(input, wishes);
  let archive: Archive;
  try {
    archive = describeArchive(opened);
  } catch (error) {
    if (!isLayersError(error)) throw error;
    if (error.code === 'ERR_LAYERS_NOT_AN_IMAGE') throw withContext(error, { archive: input.path });
    return damagedDocument(opened, error);
  }
  try {
    return await verifyOpenArchive(archive, query, options);
  } catch (error) {
    const why = disagreementOf(archive);
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_IMAGE_AMBIGUOUS' || why === null) throw error;
    return damagedDocument(opened, why);
  }
}

/** As {@link verifyArchive}, of an archive whose documents could be understood. */
export async function verifyOpenArchive(
  archive: Archive,
  query: ImageQuery = {},
  options: ReadOptions = {},
): Promise<VerifyDocument> {
  return verifyDescribed(archive, selectImage(archive, query), options);
}

/** Documents that disagree may show one image as two: which of them is meant is then no question for the user. */
function disagreementOf({ findings }: Archive): LayersError | null {
  const found = findings.find(({ severity }) => severity === 'error');
  return found === undefined ? null : new LayersError('ERR_LAYERS_INDEX', found.message);
}

/** As {@link verifyArchive}, for one image of an archive. */
export async function verifyDescribed(
  archive: Archive,
  image: ImageDescription,
  options: ReadOptions,
): Promise<VerifyDocument> {
  const read = await readImage(archive, image, { ...options, verify: true });
  const used = new Set([
    ...read.layers.map(({ description }) => description.name),
    ...image.claims.map(({ name }) => name),
  ]);
  const checks = [
    ...image.claims.flatMap(claimChecks),
    ...read.layers.flatMap(layerChecks),
    ...structureChecks(read),
    ...blobChecks(archive.members, used),
    ...configChecks(archive.members, used),
  ];
  return {
    schemaVersion: SCHEMA_VERSION,
    source: archive.source,
    image: imageInfo(image),
    verified: checks.every(({ ok }) => ok),
    checks,
    // Those of severity `error` are checks that failed.
    findings: imageFindings(read).filter(({ severity }) => severity !== 'error'),
  };
}

/** What can be said of an archive whose documents cannot be understood: which of its blobs are not what they claim. */
function damagedDocument({ input, members }: OpenedMembers, error: LayersError): VerifyDocument {
  const checks = [
    failed(error.file ?? 'archive', error.message),
    ...blobChecks(members, new Set()),
    ...configChecks(members, new Set()),
  ];
  const format = members.find('manifest.json') !== null ? 'docker-archive' : 'oci-archive';
  return {
    schemaVersion: SCHEMA_VERSION,
    source: {
      path: input.path,
      format: members.medium === 'directory' ? 'oci' : format,
      variant: null,
      compression: members.compression,
      sizeBytes: members.bytes,
    },
    image: null,
    verified: false,
    checks,
    findings: [],
  };
}

function failed(subject: string, message: string): Check {
  return {
    subject,
    kind: 'structure',
    declared: null,
    computed: null,
    ok: false,
    message: printable(message),
  };
}

function compared(
  subject: string,
  kind: Check['kind'],
  claimed: string | number,
  computed: string | number,
): Check {
  const ok = claimed === computed;
  const message = ok
    ? null
    : printable(`${subject} has the ${WORDS[kind]} ${computed}; ${claimed} is claimed`);
  return { subject, kind, declared: String(claimed), computed: String(computed), ok, message };
}

const WORDS: Readonly<Record<Check['kind'], string>> = {
  digest: 'digest',
  size: 'size',
  'diff-id': 'DiffID',
  'image-id': 'digest',
  structure: 'structure',
};

function claimChecks({ name, kind, digest, size, bytes }: ImageDescription['claims'][number]): Check[] {
  const algorithm = computableAlgorithmOf(digest);
  return [
    ...(algorithm === null ? [] : [compared(name, kind, digest, digestOf(bytes, algorithm))]),
    ...(size === null ? [] : [compared(name, 'size', size, bytes.length)]),
  ];
}

function layerChecks({ description, index, position }: ReadLayer): Check[] {
  const subject = `layer ${position} (${description.name})`;
  if (index === null)
    return description.nonDistributable ? [] : [failed(subject, `${subject} is not in the archive`)];
  const checks: Check[] = [];
  if (description.size !== null) checks.push(compared(subject, 'size', description.size, index.storedBytes));
  const digest = sameAlgorithm(description.digest, index.digests);
  if (digest !== null) checks.push(compared(subject, 'digest', description.digest ?? '', digest));
  const diffId = sameAlgorithm(description.diffId, index.diffIds);
  if (diffId !== null) checks.push(compared(subject, 'diff-id', description.diffId ?? '', diffId));
  if (index.problem !== null) {
    const place = index.problem.offset === null ? '' : ` (offset ${index.problem.offset})`;
    checks.push(failed(subject, `${subject}: ${index.problem.message}${place}`));
  }
  return checks;
}

/** Findings with a check of their own above, by digest or size. */
const CHECKED: ReadonlySet<string> = new Set([
  'digest-mismatch',
  'diff-id-mismatch',
  'size-mismatch',
  'image-id-mismatch',
  'layer-missing',
]);

/** What the documents say against each other. */
function structureChecks(read: ReadImage): Check[] {
  return imageFindings(read)
    .filter(({ code, severity }) => (severity === 'error' || code === 'tags-disagree') && !CHECKED.has(code))
    .map(({ message, place }) =>
      failed(place?.layer === undefined ? 'image' : `layer ${place.layer}`, message),
    );
}

/** Blobs that the image does not use claim a digest by their names all the same. */
function blobChecks(members: ArchiveReader, used: ReadonlySet<string>): Check[] {
  const checks: Check[] = [];
  for (const name of members.names()) {
    const claimed = used.has(name) ? null : digestOfBlobName(name);
    const algorithm = claimed === null ? null : computableAlgorithmOf(claimed);
    const computed = algorithm === null ? null : blobDigest(members, name, algorithm);
    if (claimed !== null && computed !== null) checks.push(compared(name, 'digest', claimed, computed));
  }
  return checks;
}

/** Configs of docker-archives, also of other images, which are named by their digest. */
function configChecks(members: ArchiveReader, used: ReadonlySet<string>): Check[] {
  const checks: Check[] = [];
  for (const name of members.names()) {
    const claimed = /\.json$|^sha256:/.test(name) && !used.has(name) ? idOfConfigName(name) : null;
    const computed = claimed === null ? null : blobDigest(members, name, 'sha256');
    if (claimed !== null && computed !== null) checks.push(compared(name, 'image-id', claimed, computed));
  }
  return checks;
}
