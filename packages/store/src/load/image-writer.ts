import { createDigester, type Digest } from '@layers/core/digest';
import { atOnce } from '@layers/core/io';
import {
  type CopyContext,
  compressTar,
  copyLayer,
  createLayerDigests,
  type Document,
  type ImageDocuments,
  imageDocuments,
  knownFacts,
  type LayerFacts,
  type NamedDocuments,
  namedDocuments,
  uniqueLayers,
} from '@layers/rewrite/archive';
import type { ExistingLayer, GeneratedLayer, NewImage, NewLayer } from '@layers/rewrite/image';
import { type BlobOrigin, BlobWriter } from '../blobs/blob-writer.js';
import { type EntryName, entryName } from '../layout/entry-names.js';
import type { Store } from '../layout/store.js';
import type { HeldLease } from '../lease/with-lease.js';
import type { BlobCounts, LoadOptions } from './loaded-image.js';

/** An image whose blobs are all in the store, and which the index does not name yet. */
export interface ImageWithBlobs {
  readonly documents: ImageDocuments;
  /** What its names refer to: the index of its platforms; null for its manifest. */
  readonly index: StoredIndex | null;
  readonly names: readonly EntryName[];
  readonly blobs: BlobCounts;
}

/** An index in the store. */
export interface StoredIndex extends NamedDocuments {
  /** What the index has beside images. */
  readonly attached: readonly ImageDocuments[];
}

interface WrittenBlob {
  readonly sizeBytes: number;
  origin: BlobOrigin;
}

const SMALL_BYTES = 1024 * 1024;

/** Small files at once: the disk syncs many together in the time of a few. */
const SMALL_AT_ONCE = 16;

/** Layers of a registry at once: a single connection seldom has all of the bandwidth. */
const LARGE_AT_ONCE = 6;

/** Whether a layer is read by position, independently of others, and takes longer to sync than to copy. */
function isSmall(layer: NewLayer): boolean {
  return layer.kind === 'existing' && layer.source !== null && layer.sizeBytes <= SMALL_BYTES;
}

function isConcurrent(layer: NewLayer): layer is ExistingLayer {
  return layer.kind === 'existing' && layer.isConcurrent === true;
}

/** Writes the blobs of images to a store. The caller closes it. */
export class ImageWriter {
  readonly #images: readonly NewImage[];
  readonly #blobWriter: BlobWriter;
  readonly #context: CopyContext;
  readonly #signal: AbortSignal | undefined;
  readonly #facts = new Map<GeneratedLayer, LayerFacts>();
  readonly #blobs = new Map<Digest, WrittenBlob>();
  /** Aborted at the first failure: the other layers need not be read to their end. */
  readonly #failed = new AbortController();
  readonly #onFailure = (error: unknown): void => {
    this.#failed.abort(error);
    this.#options.onFailure?.(error);
  };
  readonly #options: LoadOptions;

  constructor(store: Store, lease: HeldLease, images: readonly NewImage[], options: LoadOptions) {
    this.#images = images;
    this.#blobWriter = new BlobWriter(store, lease);
    this.#signal = options.signal;
    this.#options = options;
    this.#context = copyContext(images, options, this.#failed.signal);
  }

  /** Writes the blobs that the store does not have. May be called again if another tool has deleted some since. */
  async write(): Promise<readonly ImageWithBlobs[]> {
    const layers = uniqueLayers(this.#images);
    await atOnce(layers.filter(isSmall), SMALL_AT_ONCE, (layer) => this.#putLayer(layer), this.#onFailure);
    // The largest first: a large layer that begins last is transferred alone.
    const concurrent = layers.filter(isConcurrent).sort((a, b) => b.sizeBytes - a.sizeBytes);
    await atOnce(concurrent, LARGE_AT_ONCE, (layer) => this.#putLayer(layer), this.#onFailure);
    for (const layer of layers) if (!isSmall(layer) && !isConcurrent(layer)) await this.#putLayer(layer);
    const factsOf = knownFacts(this.#facts);
    const documentsOf = (image: NewImage) => imageDocuments(image, true, factsOf);
    const all = this.#images.map(documentsOf);
    const indexes = new Map<ImageDocuments, StoredIndex>();
    for (const named of namedDocuments(all)) {
      const attached = named.images[0]?.image.index?.attached.map(documentsOf);
      if (attached === undefined) continue;
      const stored = { ...named, attached };
      for (const documents of named.images) indexes.set(documents, stored);
    }
    await this.#writeDocuments([
      ...[...all, ...[...indexes.values()].flatMap(({ attached }) => attached)].flatMap(
        ({ config, manifest }) => [config, manifest],
      ),
      ...[...indexes.values()].flatMap(({ nested, root }) => [...nested, root]),
    ]);
    await this.#blobWriter.sync();
    const counted = new Set<Digest>();
    return all.map((documents) => ({
      documents,
      index: indexes.get(documents) ?? null,
      names: documents.image.tags.flatMap((tag) => entryName(tag) ?? []),
      blobs: this.#countBlobs(documents, indexes.get(documents), counted),
    }));
  }

  close(): Promise<void> {
    return this.#context.digests.close();
  }

  async #writeLayer(layer: NewLayer): Promise<{ readonly facts: LayerFacts; readonly origin: BlobOrigin }> {
    const known = layer.kind === 'existing' ? layer : this.#facts.get(layer);
    const checkSignal = () => this.#signal?.throwIfAborted();
    if (known !== undefined) {
      const { digest, diffId, sizeBytes } = known;
      const onBytes = layer.kind === 'existing' ? this.#context.onBytes : checkSignal;
      if (await this.#blobWriter.has(digest, sizeBytes, onBytes)) {
        return { facts: { digest, diffId, sizeBytes }, origin: 'reused' };
      }
    }
    // A hash thread computes one digest after the other.
    const isReceived = isConcurrent(layer);
    const context = isReceived ? { ...this.#context, digests: OWN_DIGESTS } : this.#context;
    return this.#blobWriter.write((sink) => copyLayer(layer, sink, context), checkSignal, isReceived);
  }

  async #writeDocuments(all: readonly Document[]): Promise<void> {
    const documents = new Map<Digest, Uint8Array>();
    for (const { digest, bytes } of all) documents.set(digest, bytes);
    await atOnce(documents, SMALL_AT_ONCE, ([digest, bytes]) => this.#writeDocument(digest, bytes));
  }

  async #putLayer(layer: NewLayer): Promise<void> {
    const { facts, origin } = await this.#writeLayer(layer);
    if (layer.kind === 'generated') this.#facts.set(layer, facts);
    this.#record(facts, origin);
  }

  async #writeDocument(digest: Digest, bytes: Uint8Array): Promise<void> {
    const blob = { digest, sizeBytes: bytes.length };
    const ignoreBytes = () => undefined;
    if (await this.#blobWriter.has(digest, blob.sizeBytes, ignoreBytes)) return this.#record(blob, 'reused');
    const writeBytes = async (sink: (chunk: Uint8Array) => Promise<void>) => {
      await sink(bytes);
      return blob;
    };
    const { origin } = await this.#blobWriter.write(writeBytes, ignoreBytes, true);
    this.#record(blob, origin);
  }

  /** A blob that this writer has written stays `written`, although a second call finds it in the store. */
  #record(
    { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number },
    origin: BlobOrigin,
  ): void {
    const known = this.#blobs.get(digest);
    if (known === undefined) this.#blobs.set(digest, { sizeBytes, origin });
    else if (origin !== 'reused') known.origin = origin;
  }

  /**
   * Counts the blobs of an image. Those of its index count for the first of its images.
   *
   * @param counted blobs that count for an image before this one; gets those of this one
   */
  #countBlobs(documents: ImageDocuments, index: StoredIndex | undefined, counted: Set<Digest>): BlobCounts {
    const counts = { written: 0, writtenBytes: 0, reused: 0, reusedBytes: 0, mended: 0 };
    const ofIndex =
      index === undefined ? [] : [index.root, ...index.nested, ...index.attached.flatMap(blobsOf)];
    for (const { digest } of [...blobsOf(documents), ...ofIndex]) {
      const blob = this.#blobs.get(digest);
      if (blob === undefined || counted.has(digest)) continue;
      counted.add(digest);
      if (blob.origin === 'reused') {
        counts.reused++;
        counts.reusedBytes += blob.sizeBytes;
        continue;
      }
      counts.written++;
      counts.writtenBytes += blob.sizeBytes;
      if (blob.origin === 'mended') counts.mended++;
    }
    return counts;
  }
}

function blobsOf({ config, manifest, layers }: ImageDocuments): readonly { readonly digest: Digest }[] {
  return [config, manifest, ...layers];
}

const OWN_DIGESTS: CopyContext['digests'] = {
  of: async (algorithm) => createDigester(algorithm),
  close: async () => {},
};

function copyContext(
  images: readonly NewImage[],
  { signal, onProgress }: LoadOptions,
  failed: AbortSignal,
): CopyContext {
  const totalBytes = onProgress === undefined ? null : totalLayerBytes(images);
  let doneBytes = 0;
  return {
    compress: (tar, compression) => compressTar(tar, compression, { signal }),
    digests: createLayerDigests(),
    onBytes(bytes) {
      doneBytes += bytes;
      // A damaged blob of the store counts twice: it is read there, and then from its source.
      onProgress?.({
        doneBytes: totalBytes === null ? doneBytes : Math.min(doneBytes, totalBytes),
        totalBytes,
      });
      signal?.throwIfAborted();
      failed.throwIfAborted();
    },
  };
}

function totalLayerBytes(images: readonly NewImage[]): number | null {
  let total = 0;
  for (const layer of uniqueLayers(images)) {
    const bytes = layer.kind === 'existing' ? layer.sizeBytes : layer.tarBytes;
    if (bytes === null) return null;
    total += bytes;
  }
  return total;
}
