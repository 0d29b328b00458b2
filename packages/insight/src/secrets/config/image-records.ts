import { isDigest } from '@layers/core/digest';
import { blobName, type ReadImage } from '@layers/core/image';
import { isIndex } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import { isObject, parsedOrNull } from './documents.js';

/** What an archive records about an image outside of its manifest. */
export interface ImageRecord {
  /** Where it is, such as `index.json.manifests[0].annotations`. */
  readonly field: string;
  readonly value: unknown;
  /** Whether it is a statement of an attestation, such as how BuildKit made the image, with the build arguments. */
  readonly isAttestation: boolean;
}

/** BuildKit's annotation of the manifest of an attestation: the digest of the image that it is about. */
const SUBJECT = 'vnd.docker.reference.digest';

/** Indexes in indexes beyond this depth are not looked into. */
const MAX_DEPTH = 4;

/** Yields the annotations of the indexes that lead to an image, of its descriptors, and its attestations. */
export function* imageRecords(image: ReadImage): Generator<ImageRecord> {
  yield* recordsIn(image, 'index.json', 'index.json', MAX_DEPTH);
}

function* recordsIn(
  image: ReadImage,
  name: string,
  field: string,
  depth: number,
): Generator<ImageRecord, boolean> {
  const index = documentOf(image, name);
  const manifests = isObject(index) ? index['manifests'] : undefined;
  if (!isObject(index) || !Array.isArray(manifests)) return false;
  const { manifestDigest } = image.description;
  let isFound = false;
  for (const [i, descriptor] of manifests.entries()) {
    if (!isObject(descriptor)) continue;
    const { digest, annotations, mediaType } = descriptor;
    const place = `${field}.manifests[${i}]`;
    const blob = blobOf(digest);
    let leadsToImage = digest === manifestDigest;
    if (isObject(annotations) && annotations[SUBJECT] === manifestDigest && blob !== null) {
      yield* statementsIn(image, blob, place);
    } else if (typeof mediaType === 'string' && isIndex(mediaType) && blob !== null && depth > 1) {
      leadsToImage = yield* recordsIn(image, blob, blob, depth - 1);
    }
    if (!leadsToImage) continue;
    isFound = true;
    yield { field: `${place}.annotations`, value: annotations, isAttestation: false };
  }
  if (isFound) yield { field: `${field}.annotations`, value: index['annotations'], isAttestation: false };
  return isFound;
}

/** Yields the statements of an attestation: the layers of its manifest. */
function* statementsIn(image: ReadImage, name: string, field: string): Generator<ImageRecord> {
  const manifest = documentOf(image, name);
  const layers = isObject(manifest) ? manifest['layers'] : undefined;
  if (!Array.isArray(layers)) return;
  for (const [i, layer] of layers.entries()) {
    const blob = blobOf(isObject(layer) ? layer['digest'] : undefined);
    if (blob === null) continue;
    yield { field: `${field}.layers[${i}]`, value: documentOf(image, blob), isAttestation: true };
  }
}

function blobOf(digest: unknown): string | null {
  return typeof digest === 'string' && isDigest(digest) ? blobName(digest) : null;
}

/** Returns a document of the archive; null where it has none, or one that is reported elsewhere. */
function documentOf({ archive: { reader } }: ReadImage, name: string): unknown {
  try {
    const file = reader.find(name);
    return file === null ? null : parsedOrNull(reader.read(file));
  } catch (error) {
    if (isLayersError(error)) return null;
    throw error;
  }
}
