import { blobSize } from '../blobs/blob-file.js';
import { createDocumentReader, imageIdOf } from '../images/document-reader.js';
import { reachableBlobs } from '../images/reachable-blobs.js';
import { commitIndex } from '../layout/commit-index.js';
import { EntryEditor } from '../layout/edit-entries.js';
import { newEntry } from '../layout/index-entry.js';
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
    const editor = new EntryEditor(entries);
    const results: CommittedImage[] = [];
    for (const image of images) {
      const { digest } = image.documents.manifest;
      const wasThere = before.has(digest);
      const changesBefore = editor.changes;
      const displaced: Displaced[] = [];
      for (const { ref, manifestDigest } of addImage(editor, image, wasThere)) {
        const id = imageIdOf(documents, manifestDigest);
        // The same image in another form: other layer blobs under the same config. No name refers to it any more.
        if (id === image.documents.config.digest) editor.removeNameless(manifestDigest);
        else displaced.push({ ref, manifestDigest, id });
      }
      results.push({ wasThere, isUnchanged: editor.changes === changesBefore, displaced });
    }
    return { entries: editor.entries(), committed: results };
  });
  return committed;
}

/** Adds an image with its names, and returns the manifests that lost a name. */
function addImage(
  editor: EntryEditor,
  { documents, names }: ImageWithBlobs,
  wasThere: boolean,
): readonly Omit<Displaced, 'id'>[] {
  const { manifest, image } = documents;
  const entry = newEntry(
    manifest.mediaType,
    manifest.digest,
    manifest.bytes.length,
    image.platform ?? undefined,
  );
  if (names.length === 0 && !wasThere) editor.add(entry);
  return names.flatMap((name) =>
    editor.name(entry, name).map((manifestDigest) => ({ ref: name.shown, manifestDigest })),
  );
}

type Displaced = CommittedImage['displaced'][number];

function hasAllBlobs(store: Store, { documents: { config, manifest, layers } }: ImageWithBlobs): boolean {
  return (
    [config, manifest].every(({ digest, bytes }) => blobSize(store, digest) === bytes.length) &&
    layers.every(({ digest, sizeBytes }) => blobSize(store, digest) === sizeBytes)
  );
}
