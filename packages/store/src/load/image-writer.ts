import type { Digest } from '@layers/core/digest';
import {
  copyLayer,
  type ImageDocuments,
  imageDocuments,
  knownFacts,
  type LayerFacts,
  uniqueLayers,
} from '@layers/rewrite/archive';
import type { GeneratedLayer, NewImage, NewLayer } from '@layers/rewrite/image';
import { type BlobOrigin, type BlobWriter, createBlobWriter } from '../blobs/blob-writer.js';
import { type EntryName, entryName } from '../layout/entry-names.js';
import type { Store } from '../layout/store.js';
import type { HeldLease } from '../lease/with-lease.js';
import { type LoadPassage, loadPassage } from './load-passage.js';
import type { BlobCounts, LoadOptions } from './loaded-image.js';

/** An image whose blobs are all in the store, and which its index does not know yet. */
export interface WrittenToStore {
  readonly documents: ImageDocuments;
  readonly names: readonly EntryName[];
  /** Of the names what docker shows. */
  readonly tags: readonly string[];
  readonly blobs: BlobCounts;
}

/** Brings the blobs of images into a store. */
export interface ImageWriter {
  /** Brings in what is not there; again where something has gone meanwhile. */
  put(): Promise<readonly WrittenToStore[]>;
  close(): Promise<void>;
}

interface PutBlob {
  readonly size: number;
  result: BlobOrigin;
}

export function createImagePutter(
  store: Store,
  lease: HeldLease,
  images: readonly NewImage[],
  options: LoadOptions,
): ImageWriter {
  const writer = createBlobWriter(store, lease);
  const passage = loadPassage(images, options);
  const facts = new Map<GeneratedLayer, LayerFacts>();
  const blobs = new Map<Digest, PutBlob>();
  return {
    async put() {
      for (const layer of uniqueLayers(images)) {
        const { facts: made, result } = await putLayer(layer, facts, writer, passage);
        if (layer.kind === 'generated') facts.set(layer, made);
        note(blobs, made, result);
      }
      const all = images.map((image) => imageDocuments(image, true, knownFacts(facts)));
      for (const { digest, bytes } of all.flatMap(({ config, manifest }) => [config, manifest])) {
        const blob = { digest, size: bytes.length };
        if (await writer.has(digest, blob.size, () => undefined)) {
          note(blobs, blob, 'reused');
          continue;
        }
        const pass = async (sink: (chunk: Uint8Array) => Promise<void>) => {
          await sink(bytes);
          return blob;
        };
        note(blobs, blob, (await writer.write(pass, () => undefined)).result);
      }
      await writer.sync();
      const counted = new Set<Digest>();
      return all.map((documents) => putImage(documents, blobs, counted));
    },
    close: () => passage.digests.close(),
  };
}

async function putLayer(
  layer: NewLayer,
  facts: ReadonlyMap<GeneratedLayer, LayerFacts>,
  writer: BlobWriter,
  passage: LoadPassage,
): Promise<{ facts: LayerFacts; result: BlobOrigin }> {
  const known = layer.kind === 'existing' ? layer : facts.get(layer);
  if (known !== undefined) {
    const { digest, diffId, size } = known;
    const took = layer.kind === 'existing' ? passage.onBytes : passage.check;
    if (await writer.has(digest, size, took)) return { facts: { digest, diffId, size }, result: 'reused' };
  }
  return writer.write((sink) => copyLayer(layer, sink, passage), passage.check);
}

/** What was written at first is not reused when it is looked at again. */
function note(
  blobs: Map<Digest, PutBlob>,
  { digest, size }: { digest: Digest; size: number },
  result: BlobOrigin,
): void {
  const known = blobs.get(digest);
  if (known === undefined) blobs.set(digest, { size, result });
  else if (result !== 'reused') known.result = result;
}

function putImage(
  documents: ImageDocuments,
  blobs: ReadonlyMap<Digest, PutBlob>,
  counted: Set<Digest>,
): WrittenToStore {
  const { image, config, manifest, layers } = documents;
  const counts = { written: 0, writtenBytes: 0, reused: 0, reusedBytes: 0, mended: 0 };
  for (const { digest } of [config, manifest, ...layers]) {
    const blob = blobs.get(digest);
    if (blob === undefined || counted.has(digest)) continue;
    counted.add(digest);
    if (blob.result === 'reused') {
      counts.reused++;
      counts.reusedBytes += blob.size;
      continue;
    }
    counts.written++;
    counts.writtenBytes += blob.size;
    if (blob.result === 'mended') counts.mended++;
  }
  const names = image.tags.flatMap((tag) => entryName(tag) ?? []);
  return { documents, names, tags: names.map(({ shown }) => shown), blobs: counts };
}
