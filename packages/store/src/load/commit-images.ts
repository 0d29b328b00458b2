import type { Digest } from '@layers/core/digest';
import { type ImageDocuments, isAbsent } from '@layers/rewrite/archive';
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
    const changedIndexes = new Map<Digest, boolean>();
    for (const image of images) {
      const { index } = image;
      const wasThere = before.has(image.documents.manifest.digest);
      const known = index === null ? undefined : changedIndexes.get(index.root.digest);
      if (known !== undefined) {
        results.push({ wasThere, isUnchanged: !known, displaced: [] });
        continue;
      }
      const changesBefore = editor.changes;
      const displaced: Displaced[] = [];
      const own = index?.images.map(({ config }) => config.digest) ?? [image.documents.config.digest];
      for (const { ref, manifestDigest } of addImage(editor, image, before)) {
        const id = imageIdOf(documents, manifestDigest);
        // The same image in another form: other layer blobs under the same config. No name refers to it any more.
        if (id !== null && own.includes(id)) editor.removeNameless(manifestDigest);
        else displaced.push({ ref, manifestDigest, id });
      }
      const isChanged = editor.changes !== changesBefore;
      if (index !== null) changedIndexes.set(index.root.digest, isChanged);
      results.push({ wasThere, isUnchanged: !isChanged, displaced });
    }
    return { entries: editor.entries(), committed: results };
  });
  return committed;
}

/** Adds an image, or its index, with its names, and returns the manifests that lost a name. */
function addImage(
  editor: EntryEditor,
  { documents, index, names }: ImageWithBlobs,
  before: Pick<ReadonlyMap<Digest, unknown>, 'has'>,
): readonly Omit<Displaced, 'id'>[] {
  const { mediaType, digest, bytes } = index?.root ?? documents.manifest;
  const platform = index === null ? (documents.image.platform ?? undefined) : undefined;
  const entry = newEntry(mediaType, digest, bytes.length, platform);
  if (names.length === 0 && !before.has(digest)) editor.add(entry);
  return names.flatMap((name) =>
    editor.name(entry, name).map((manifestDigest) => ({ ref: name.shown, manifestDigest })),
  );
}

type Displaced = CommittedImage['displaced'][number];

function hasAllBlobs(store: Store, { documents, index }: ImageWithBlobs): boolean {
  const ofIndex = index === null ? [] : [index.root, ...index.nested];
  return (
    [documents, ...(index?.attached ?? [])].every((each) => hasBlobsOf(store, each)) &&
    ofIndex.every(({ digest, bytes }) => blobSize(store, digest) === bytes.length)
  );
}

function hasBlobsOf(store: Store, { config, manifest, layers }: ImageDocuments): boolean {
  return (
    [config, manifest].every(({ digest, bytes }) => blobSize(store, digest) === bytes.length) &&
    layers.every(({ layer, digest, sizeBytes }) => isAbsent(layer) || blobSize(store, digest) === sizeBytes)
  );
}
