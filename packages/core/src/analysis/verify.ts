import { isLayersError, LayersError, printable, withContext } from '@layers/errors';
import { computableAlgorithmOf } from '../digest/digest.js';
import { digestOf } from '../digest/digester.js';
import { type Finding, withPlace } from '../findings/finding.js';
import type { ArchiveReader } from '../image/archive/archive-reader.js';
import { blobDigest } from '../image/archive/blob-digest.js';
import { digestOfBlobName, idOfConfigName } from '../image/archive/blob-names.js';
import type { SourceInfo } from '../image/archive/source-info.js';
import { comparableDigest } from '../image/compare-digests.js';
import type { ImageDescription } from '../image/describe/description.js';
import { type ImageQuery, selectImage } from '../image/describe/select-image.js';
import {
  type Archive,
  type ArchiveInput,
  describeArchive,
  type OpenedArchive,
  openArchiveReader,
  type ReadOptions,
} from '../image/open-archive.js';
import { type ReadImage, type ReadLayer, readImage } from '../image/read-image.js';
import { type Check, SCHEMA_VERSION, type VerifyDocument } from './documents.js';
import { imageFindings } from './findings.js';
import { imageInfo } from './image-info.js';

/**
 * Checks everything that an archive declares about one image: the digests and sizes of its documents and layers, the
 * DiffIDs and the image id. Checks the digests of all other blobs too. A document that cannot be read is a failed
 * check.
 *
 * @throws LayersError as `openArchiveReader` and `selectImage`; ERR_LAYERS_LIMIT
 */
export async function verifyArchive(
  input: ArchiveInput,
  query: ImageQuery = {},
  options: ReadOptions = {},
): Promise<VerifyDocument> {
  const opened = await openArchiveReader(input, { ...options, verify: true });
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
    if (isLayersError(error) && error.code === 'ERR_LAYERS_NO_IMAGE') return damagedDocument(opened, error);
    const disagreement = disagreementOf(archive);
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_IMAGE_AMBIGUOUS' || disagreement === null)
      throw error;
    return damagedDocument(opened, disagreement);
  }
}

/** Verifies an open archive, as {@link verifyArchive}. */
export async function verifyOpenArchive(
  archive: Archive,
  query: ImageQuery = {},
  options: ReadOptions = {},
): Promise<VerifyDocument> {
  const document = await verifyDescribed(archive, selectImage(archive, query), options);
  // Nobody chose the image, so all of the archive is verified.
  const unread = query.image === undefined ? archive.unreadable : [];
  if (unread.length === 0) return document;
  const checks = unread.map(({ error }) => failed(error.file ?? 'archive', error.message));
  return { ...document, verified: false, checks: [...checks, ...document.checks] };
}

/** Inconsistent documents can describe one image as two. Returns that error, because a query cannot solve it. */
function disagreementOf({ findings }: Archive): LayersError | null {
  const found = findings.find(({ severity }) => severity === 'error');
  return found === undefined ? null : new LayersError('ERR_LAYERS_INDEX', found.message);
}

/** Verifies one image of an archive, as {@link verifyArchive}. */
export async function verifyDescribed(
  archive: Archive,
  image: ImageDescription,
  options: ReadOptions,
): Promise<VerifyDocument> {
  const read = await readImage(archive, image, { ...options, verify: true });
  const used = new Set([
    ...read.layers.map(({ description }) => description.name),
    ...image.documents.map(({ name }) => name),
  ]);
  const checks = [
    ...image.documents.flatMap(documentChecks),
    ...read.layers.flatMap(layerChecks),
    ...structureChecks(read),
    ...blobChecks(archive.reader, used),
    ...configChecks(archive.reader, used),
  ];
  return {
    schemaVersion: SCHEMA_VERSION,
    source: archive.source,
    image: imageInfo(image),
    verified: checks.every(({ ok }) => ok),
    checks,
    // Findings of severity `error` are failed checks.
    findings: [...imageFindings(read).filter(({ severity }) => severity !== 'error'), ...tarFindings(read)],
  };
}

/** Returns the findings about the tars of the layers. */
function tarFindings({ layers }: ReadImage): Finding[] {
  return layers.flatMap(({ index, position }) =>
    (index?.changeset.findings ?? []).map((finding) => withPlace(finding, { layer: position })),
  );
}

/** Checks the blobs of an archive whose documents cannot be read. */
function damagedDocument({ input, reader }: OpenedArchive, error: LayersError): VerifyDocument {
  const checks = [
    failed(error.file ?? 'archive', error.message),
    ...blobChecks(reader, new Set()),
    ...configChecks(reader, new Set()),
  ];
  return {
    schemaVersion: SCHEMA_VERSION,
    source: {
      path: input.path,
      format: damagedFormat(reader),
      variant: null,
      compression: reader.compression,
      sizeBytes: reader.bytes,
    },
    image: null,
    verified: false,
    checks,
    findings: [],
  };
}

/** Returns the format of an archive whose documents cannot be read, by the names of its files. */
function damagedFormat(reader: ArchiveReader): SourceInfo['format'] {
  switch (reader.medium) {
    case 'registry':
      return 'registry';
    case 'directory':
      return reader.find('index.json') === null ? 'dir' : 'oci';
    case 'archive':
      return reader.find('manifest.json') === null ? 'oci-archive' : 'docker-archive';
  }
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
  declared: string | number,
  computed: string | number,
): Check {
  const ok = declared === computed;
  const message = ok
    ? null
    : printable(`${subject} has the ${PROPERTY_NAMES[kind]} ${computed}; ${declared} is declared`);
  return { subject, kind, declared: String(declared), computed: String(computed), ok, message };
}

const PROPERTY_NAMES: Readonly<Record<Check['kind'], string>> = {
  digest: 'digest',
  size: 'size',
  'diff-id': 'DiffID',
  'image-id': 'digest',
  structure: 'structure',
};

function documentChecks({ name, kind, digest, size, bytes }: ImageDescription['documents'][number]): Check[] {
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
  const digest = comparableDigest(description.digest, index.digests);
  if (digest !== null) checks.push(compared(subject, 'digest', description.digest ?? '', digest));
  const diffId = comparableDigest(description.diffId, index.diffIds);
  if (diffId !== null) checks.push(compared(subject, 'diff-id', description.diffId ?? '', diffId));
  if (index.problem !== null) {
    const place = index.problem.offset === null ? '' : ` (offset ${index.problem.offset})`;
    checks.push(failed(subject, `${subject}: ${index.problem.message}${place}`));
  }
  return checks;
}

/** Findings that digest and size checks report. */
const CHECKED: ReadonlySet<string> = new Set([
  'digest-mismatch',
  'diff-id-mismatch',
  'size-mismatch',
  'image-id-mismatch',
  'layer-missing',
  'layer-not-a-tar',
  'layer-unreadable',
]);

/** Checks that the documents agree with each other. */
function structureChecks(read: ReadImage): Check[] {
  return imageFindings(read)
    .filter(({ code, severity }) => (severity === 'error' || code === 'tags-disagree') && !CHECKED.has(code))
    .map(({ message, place }) =>
      failed(place?.layer === undefined ? 'image' : `layer ${place.layer}`, message),
    );
}

/** Checks the blobs that the image does not use against the digests in their names. */
function blobChecks(reader: ArchiveReader, used: ReadonlySet<string>): Check[] {
  const checks: Check[] = [];
  for (const name of reader.names()) {
    const declared = used.has(name) ? null : digestOfBlobName(name);
    const algorithm = declared === null ? null : computableAlgorithmOf(declared);
    const computed = algorithm === null ? null : blobDigest(reader, name, algorithm);
    if (declared !== null && computed !== null) checks.push(compared(name, 'digest', declared, computed));
  }
  return checks;
}

/** Checks the configs of other images in a docker-archive against the digests in their names. */
function configChecks(reader: ArchiveReader, used: ReadonlySet<string>): Check[] {
  const checks: Check[] = [];
  for (const name of reader.names()) {
    const declared = /\.json$|^sha256:/.test(name) && !used.has(name) ? idOfConfigName(name) : null;
    const computed = declared === null ? null : blobDigest(reader, name, 'sha256');
    if (declared !== null && computed !== null) checks.push(compared(name, 'image-id', declared, computed));
  }
  return checks;
}
