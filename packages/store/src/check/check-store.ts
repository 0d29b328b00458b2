import { join } from 'node:path';
import { computableAlgorithmOf, type Digest } from '@layers/core/digest';
import { createFinding, type Finding, type FindingCode } from '@layers/core/findings';
import { compressionOf } from '@layers/core/image';
import { fileSource } from '@layers/core/io';
import { isNonDistributable, isTarType } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import { blobPath, digestOfFile, statOrNull } from '../blobs/blob-file.js';
import { type BlobFile, listBlobs } from '../blobs/list-blobs.js';
import { createDocumentReader, type DocumentReader, imageIdOf } from '../images/document-reader.js';
import { indexedImages } from '../images/list-images.js';
import { type BlobUse, type ReachableBlobs, reachableBlobs } from '../images/reachable-blobs.js';
import type { StoredImage } from '../images/stored-image.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import { INDEX_FILE, readStoreIndex, type StoreIndex } from '../layout/store-index.js';
import { findLeases, leaseBytes } from '../lease/live-leases.js';
import { withHeldLease, withLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import type { CheckOptions, IndexRepair, StoreCheck } from './check-report.js';
import { isTooLarge, repairIndex } from './repair-index.js';

/**
 * Checks a store: reads every blob and compares its digest, compares the DiffIDs of uncompressed layers, and looks for every
 * blob that an image needs. Changes nothing without `repair`.
 * Other processes may change the store in the meantime.
 *
 * @param options `onProgress` counts the bytes of blobs that were read; `repair` makes a new index in place of a damaged one
 * @returns damaged and missing blobs with the images that need them, and blobs and files that no image needs
 * @throws LayersError ERR_LAYERS_STORE for a damaged index; ERR_LAYERS_READ for a blob that cannot be read; with `repair`
 *   also ERR_LAYERS_STORE_LOCKED and ERR_LAYERS_WRITE_OUTPUT. Also throws the reason of `signal`.
 *
 * @example
 * ```ts
 * const { isClean, findings } = await checkStore(store);
 * for (const { code, message } of findings) console.error(code, message);
 * ```
 */
export async function checkStore(store: Store, options: CheckOptions = {}): Promise<StoreCheck> {
  const repair = options.repair === true ? await repaired(store, options) : null;
  return withLease(store, async (lease) => {
    const needed = reachableBlobs(readStoreIndex(store).entries, createDocumentReader(store)).digests;
    lease.pin(needed.keys());
    // A blob of another size than declared is damaged, whatever its bytes. It may be sparse and endless.
    const mayBeIntact = ({ digest, sizeBytes }: BlobFile): boolean =>
      sizeBytes === (needed.get(digest)?.declaredBytes ?? sizeBytes);
    const corrupt = await corruptBlobs(store, listBlobs(store).blobs.filter(mayBeIntact), options);
    // Listed again: a blob that was removed in the meantime is not damaged.
    const { blobs, unknown } = listBlobs(store);
    const documents = createDocumentReader(store);
    const index = readStoreIndex(store);
    const { entries } = index;
    const images = indexedImages(store, { entries }, documents).map(({ image }) => image);
    const reach = reachableBlobs(entries, documents);
    const damage = new Map<Digest, BlobDamage>();
    for (const found of findDamage(store, blobs, corrupt, reach, images)) {
      if (!damage.has(found.digest)) damage.set(found.digest, found);
    }
    const isKnown = ({ digest }: BlobFile): boolean =>
      computableAlgorithmOf(digest) !== null || reach.digests.has(digest);
    const findings = [
      ...entryFindings(store, index),
      ...findingsOf(store, [...damage.values()], entries, documents),
    ];
    return {
      isClean: findings.length === 0,
      images: images.length,
      blobs: blobs.length,
      storedBytes: blobs.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
      findings,
      unreferenced: blobs.flatMap((blob) =>
        blob.sizeBytes === null || reach.digests.has(blob.digest) || !isKnown(blob)
          ? []
          : [{ digest: blob.digest, sizeBytes: blob.sizeBytes }],
      ),
      partial: findLeases(store)
        .filter(({ directory }) => directory !== lease.directory)
        .map(({ directory, isLive }) => ({ path: directory, sizeBytes: leaseBytes(directory), isLive })),
      unknown: [...unknown, ...blobs.filter((blob) => !isKnown(blob)).map(({ path }) => path)],
      absentPlatforms: reach.absent,
      repair,
    };
  });
}

function repaired(store: Store, options: CheckOptions): Promise<IndexRepair | null> {
  return withHeldLease(store, (lease) =>
    withStoreLock(store, lease, options, () => repairIndex(store, lease)),
  );
}

/** Finds entries of the index that are not valid, or so large that the index may become too large. */
function entryFindings({ path }: Store, { entries, problems }: StoreIndex): readonly Finding[] {
  const file = join(path, INDEX_FILE);
  return [
    ...problems.map(({ digest, message }) =>
      createFinding('entry-invalid', message, { file, ...(digest === null ? {} : { digest }) }),
    ),
    ...entries
      .filter(isTooLarge)
      .map(({ descriptor: { digest } }) =>
        createFinding('entry-invalid', `the entry of ${digest} is too large`, { file, digest }),
      ),
  ];
}

interface BlobDamage {
  readonly code: FindingCode;
  readonly digest: Digest;
  readonly message: string;
}

/** Finds damaged blobs. The first damage of a blob explains the others. */
function* findDamage(
  store: Store,
  blobs: readonly BlobFile[],
  corrupt: ReadonlySet<Digest>,
  reach: ReachableBlobs,
  images: readonly StoredImage[],
): Generator<BlobDamage> {
  for (const { digest, sizeBytes } of blobs) {
    if (sizeBytes === null)
      yield { code: 'blob-not-a-file', digest, message: `the blob ${digest} is not a regular file` };
    else if (corrupt.has(digest) && statOrNull(blobPath(store, digest)) !== null)
      yield {
        code: 'blob-corrupt',
        digest,
        message: `the blob ${digest} is damaged: its bytes have another digest`,
      };
  }
  const absent = new Set(reach.absent);
  for (const [digest, use] of reach.digests) {
    const stat = statOrNull(blobPath(store, digest));
    if (stat === null) {
      if (!absent.has(digest) && !mayBeMissing(use))
        yield { code: 'blob-missing', digest, message: `the blob ${digest} is missing` };
    } else if (use.declaredBytes !== null && stat.size !== use.declaredBytes) {
      const message = `the blob ${digest} has ${stat.size} bytes; its descriptor declares ${use.declaredBytes}`;
      yield { code: 'blob-size-mismatch', digest, message };
    }
  }
  for (const { digest, diffId } of images.flatMap(({ layers }) =>
    layers.filter((layer) => isContradictory(store, layer)),
  ))
    yield {
      code: 'diff-id-mismatch',
      digest,
      message: `the layer ${digest} is not compressed, and its config declares another DiffID: ${diffId}`,
    };
  for (const { digest, message } of reach.unreadable) yield { code: 'blob-unreadable', digest, message };
  for (const { manifestDigest, problem } of images) {
    if (problem !== null && problem.code !== 'ERR_LAYERS_STORE_BLOB')
      yield { code: 'blob-unreadable', digest: manifestDigest, message: problem.message };
  }
}

/** Returns whether a layer is stored uncompressed and its DiffID is not its digest. */
function isContradictory(
  store: Store,
  { digest, diffId, mediaType }: StoredImage['layers'][number],
): boolean {
  if (diffId === null || diffId === digest || !isTarType(mediaType)) return false;
  const algorithm = computableAlgorithmOf(digest);
  if (algorithm === null || algorithm !== computableAlgorithmOf(diffId)) return false;
  const path = blobPath(store, digest);
  const stat = statOrNull(path);
  return stat?.isFile() === true && compressionOf(fileSource(path, stat.size)) === null;
}

function mayBeMissing({ mediaType, isEmbedded }: BlobUse): boolean {
  return isEmbedded || isNonDistributable(mediaType);
}

/** The most images that a finding lists. */
const MAX_LABELS = 100;

/** Names, for each damaged blob, the images that need it. */
function findingsOf(
  store: Store,
  damage: readonly BlobDamage[],
  entries: readonly IndexEntry[],
  documents: DocumentReader,
): readonly Finding[] {
  if (damage.length === 0) return [];
  const users = new Map<Digest, string[]>(damage.map(({ digest }) => [digest, []]));
  // Entries of one image need the same blobs: an image may have very many names.
  const roots = new Map<Digest, { readonly entry: IndexEntry; readonly labels: string[] }>();
  for (const entry of entries) {
    const { digest } = entry.descriptor;
    const root = roots.get(digest) ?? { entry, labels: [] };
    roots.set(digest, root);
    if (root.labels.length < MAX_LABELS)
      root.labels.push(entry.name ?? imageIdOf(documents, digest) ?? digest);
  }
  for (const { entry, labels } of roots.values()) {
    for (const named of reachableBlobs([entry], documents).digests.keys()) {
      const known = users.get(named);
      if (known !== undefined && known.length < MAX_LABELS)
        known.push(...labels.slice(0, MAX_LABELS - known.length));
    }
  }
  return damage.map(({ code, digest, message }) =>
    createFinding(code, message, {
      file: blobPath(store, digest),
      digest,
      images: users.get(digest) ?? [],
    }),
  );
}

/** Reads blobs and returns those whose bytes have another digest, without those that are removed in the meantime. */
async function corruptBlobs(
  store: Store,
  blobs: readonly BlobFile[],
  { signal, onProgress }: CheckOptions,
): Promise<ReadonlySet<Digest>> {
  const files = blobs.filter(
    ({ digest, sizeBytes }) => sizeBytes !== null && computableAlgorithmOf(digest) !== null,
  );
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    onProgress?.({ doneBytes: Math.min(doneBytes, totalBytes), totalBytes });
    signal?.throwIfAborted();
  };
  const corrupt = new Set<Digest>();
  for (const { digest } of files) {
    // Read twice: another process may replace the blob during the first time.
    if ((await hasItsDigest(store, digest, onBytes)) || (await hasItsDigest(store, digest, onBytes)))
      continue;
    corrupt.add(digest);
  }
  return corrupt;
}

async function hasItsDigest(
  store: Store,
  digest: Digest,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  const path = blobPath(store, digest);
  try {
    return (await digestOfFile(path, digest, onBytes)) === digest;
  } catch (error) {
    if (isLayersError(error) && error.code === 'ERR_LAYERS_READ' && statOrNull(path) === null) return true;
    throw error;
  }
}
