import { computableAlgorithmOf, type Digest } from '@layers/core/digest';
import { isNonDistributable } from '@layers/core/oci';
import { blobPath, statOrNull } from '../blobs/blob-file.js';
import { type BlobFile, listBlobs } from '../blobs/list-blobs.js';
import { createDocumentReader, type DocumentReader, imageIdOf } from '../images/document-reader.js';
import { indexedImages } from '../images/list-images.js';
import { type BlobUse, type ReachableBlobs, reachableBlobs } from '../images/reachable-blobs.js';
import type { StoredImage } from '../images/stored-image.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { findLeases, leaseBytes } from '../lease/live-leases.js';
import { withLease } from '../lease/with-lease.js';
import type { CheckOptions, StoreCheck, StoreTrouble, StoreTroubleKind } from './check-report.js';
import { corruptBlobs } from './corrupt-blobs.js';

/**
 * Reads all of a store: every blob against its digest, every name against what is there. Others may change the store
 * meanwhile. Throws ERR_LAYERS_STORE, ERR_LAYERS_READ and ERR_LAYERS_LIMIT, and what `signal` throws.
 */
export function checkStore(store: Store, options: CheckOptions = {}): Promise<StoreCheck> {
  return withLease(store, async (lease) => {
    lease.pin(reachableBlobs(readStoreIndex(store).entries, createDocumentReader(store)).digests.keys());
    const corrupt = await corruptBlobs(store, listBlobs(store).blobs, options);
    // What was removed while all was read is no trouble any more.
    const { blobs, unknown } = listBlobs(store);
    const documents = createDocumentReader(store);
    const { entries } = readStoreIndex(store);
    const images = indexedImages(store, { entries }, documents).map(({ image }) => image);
    const reach = reachableBlobs(entries, documents);
    const troubles = new Map<Digest, FoundTrouble>();
    for (const trouble of findTroubles(store, blobs, corrupt, reach, images)) {
      if (!troubles.has(trouble.digest)) troubles.set(trouble.digest, trouble);
    }
    const isKnown = ({ digest }: BlobFile): boolean =>
      computableAlgorithmOf(digest) !== null || reach.digests.has(digest);
    return {
      isClean: troubles.size === 0,
      images: images.length,
      blobs: blobs.length,
      bytes: blobs.reduce((sum, { size }) => sum + (size ?? 0), 0),
      troubles: withUsers(store, [...troubles.values()], entries, documents),
      unreferenced: blobs.flatMap((blob) =>
        blob.size === null || reach.digests.has(blob.digest) || !isKnown(blob)
          ? []
          : [{ digest: blob.digest, size: blob.size }],
      ),
      partial: findLeases(store)
        .filter(({ folder }) => folder !== lease.folder)
        .map(({ folder, isLive }) => ({ path: folder, bytes: leaseBytes(folder), isLive })),
      unknown: [...unknown, ...blobs.filter((blob) => !isKnown(blob)).map(({ path }) => path)],
      absentPlatforms: reach.absent,
    };
  });
}

interface FoundTrouble {
  readonly kind: StoreTroubleKind;
  readonly digest: Digest;
  readonly message: string;
}

/** The first trouble of a blob is the one that explains the others. */
function* findTroubles(
  store: Store,
  blobs: readonly BlobFile[],
  corrupt: ReadonlySet<Digest>,
  reach: ReachableBlobs,
  images: readonly StoredImage[],
): Generator<FoundTrouble> {
  for (const { digest, size } of blobs) {
    if (size === null) yield { kind: 'not-a-file', digest, message: `the blob ${digest} is no regular file` };
    else if (corrupt.has(digest) && statOrNull(blobPath(store, digest)) !== null)
      yield { kind: 'corrupt', digest, message: `the blob ${digest} is damaged: it has another digest` };
  }
  const absent = new Set(reach.absent);
  for (const [digest, use] of reach.digests) {
    const stat = statOrNull(blobPath(store, digest));
    if (stat === null) {
      if (!absent.has(digest) && !mayBeMissing(use))
        yield { kind: 'missing', digest, message: `the blob ${digest} is missing` };
    } else if (use.size !== null && stat.size !== use.size) {
      const message = `the blob ${digest} has ${stat.size} bytes where ${use.size} are claimed`;
      yield { kind: 'wrong-size', digest, message };
    }
  }
  for (const { digest, message } of reach.unreadable) yield { kind: 'unreadable', digest, message };
  for (const { manifestDigest, problem } of images) {
    if (problem !== null && problem.code !== 'ERR_LAYERS_STORE_BLOB')
      yield { kind: 'unreadable', digest: manifestDigest, message: problem.message };
  }
}

function mayBeMissing({ mediaType, isEmbedded }: BlobUse): boolean {
  return isEmbedded || isNonDistributable(mediaType);
}

/** Tells of each trouble which images need the blob. */
function withUsers(
  store: Store,
  troubles: readonly FoundTrouble[],
  entries: readonly IndexEntry[],
  documents: DocumentReader,
): readonly StoreTrouble[] {
  if (troubles.length === 0) return [];
  const users = new Map<Digest, string[]>(troubles.map(({ digest }) => [digest, []]));
  for (const entry of entries) {
    const { digest } = entry.descriptor;
    const label = entry.name ?? imageIdOf(documents, digest) ?? digest;
    for (const named of reachableBlobs([entry], documents).digests.keys()) users.get(named)?.push(label);
  }
  return troubles.map((trouble) => ({
    ...trouble,
    path: blobPath(store, trouble.digest),
    images: users.get(trouble.digest) ?? [],
  }));
}
