import type { Digest } from '@layers/core/digest';
import { blobSize } from '../blobs/blob-file.js';
import { createDocumentReader, imageIdOf } from '../images/document-reader.js';
import { reachableBlobs } from '../images/reachable-blobs.js';
import { commitIndex } from '../layout/commit-index.js';
import { addEntry, type EditedEntries, nameEntry } from '../layout/edit-entries.js';
import { type IndexEntry, newEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import type { HeldLease } from '../lease/with-lease.js';
import type { ImageWithBlobs } from './image-writer.js';
import type { LoadedImage } from './loaded-image.js';

/** The changes to the index for one image. */
export type CommittedImage = Pick<LoadedImage, 'wasThere' | 'isUnchanged' | 'displaced'>;

/**
 * Adds the images to the index. The caller holds the store's lock. Returns null, and changes nothing, if another tool
 * has deleted one of their blobs.
 */
export async function commitImages(
  store: Store,
  lease: HeldLease,
  images: readonly ImageWithBlobs[],
): Promise<readonly CommittedImage[] | null> {
  if (!images.every((image) => hasAllBlobs(store, image))) return null;
  const { committed } = await commitIndex(store, lease, ({ entries }) => {
    const documents = createDocumentReader(store);
    const before = reachableBlobs(entries, documents).digests;
    let edited = entries;
    const results: CommittedImage[] = [];
    for (const image of images) {
      const { digest } = image.documents.manifest;
      const wasThere = before.has(digest);
      const added = addImage(edited, image, wasThere);
      const forms = added.displaced.filter(
        ({ manifestDigest }) => imageIdOf(documents, manifestDigest) === image.documents.config.digest,
      );
      const next = withoutOtherForms(added.entries, forms);
      const displaced = added.displaced.filter((other) => !forms.includes(other));
      results.push({
        wasThere,
        isUnchanged: next === edited,
        displaced: displaced.map(({ ref, manifestDigest }) => ({
          ref,
          manifestDigest,
          id: imageIdOf(documents, manifestDigest),
        })),
      });
      edited = next;
    }
    return { entries: edited, committed: results };
  });
  return committed;
}

function addImage(
  entries: readonly IndexEntry[],
  { documents, names }: ImageWithBlobs,
  wasThere: boolean,
): {
  readonly entries: readonly IndexEntry[];
  readonly displaced: readonly Displaced[];
} {
  const { manifest, image } = documents;
  const entry = newEntry(
    manifest.mediaType,
    manifest.digest,
    manifest.bytes.length,
    image.platform ?? undefined,
  );
  if (names.length === 0) return { entries: wasThere ? entries : addEntry(entries, entry), displaced: [] };
  const displaced: Displaced[] = [];
  let edited: EditedEntries = { entries, displaced: [] };
  for (const name of names) {
    edited = nameEntry(edited.entries, entry, name);
    for (const manifestDigest of edited.displaced) displaced.push({ ref: name.shown, manifestDigest });
  }
  return { entries: edited.entries, displaced };
}

interface Displaced {
  readonly ref: string;
  readonly manifestDigest: Digest;
}

/** Removes entries of the same image in another form: other layer blobs under the same config. No name refers to them. */
function withoutOtherForms(
  entries: readonly IndexEntry[],
  forms: readonly Displaced[],
): readonly IndexEntry[] {
  if (forms.length === 0) return entries;
  const digests = new Set(forms.map(({ manifestDigest }) => manifestDigest));
  return entries.filter(({ name, descriptor }) => name !== null || !digests.has(descriptor.digest));
}

function hasAllBlobs(store: Store, { documents: { config, manifest, layers } }: ImageWithBlobs): boolean {
  return (
    [config, manifest].every(({ digest, bytes }) => blobSize(store, digest) === bytes.length) &&
    layers.every(({ digest, sizeBytes }) => blobSize(store, digest) === sizeBytes)
  );
}
