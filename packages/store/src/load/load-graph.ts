import { computableAlgorithmOf, createDigester, type Digest } from '@layers/core/digest';
import { atOnce } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import { blobSize } from '../blobs/blob-file.js';
import { type BlobOrigin, BlobWriter } from '../blobs/blob-writer.js';
import { commitIndex } from '../layout/commit-index.js';
import { EntryEditor } from '../layout/edit-entries.js';
import { entryName } from '../layout/entry-names.js';
import { newEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import { findLeases, removeDeadLeases } from '../lease/live-leases.js';
import { type HeldLease, withHeldLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import type { BlobCounts, LoadOptions } from './loaded-image.js';

/** A manifest or an index, byte for byte. */
export interface GraphDocument {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A config, a layer, or another blob of a manifest. */
export interface GraphBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Reads the blob from its start. Chunks are views that hold until the next step. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** An index with everything below it, or a manifest with its blobs. */
export interface LoadableGraph {
  /** What the name refers to afterwards. */
  readonly root: GraphDocument;
  /** The manifests and indexes below the root. */
  readonly documents: readonly GraphDocument[];
  readonly blobs: readonly GraphBlob[];
}

/** What was loaded. */
export interface LoadedGraph {
  readonly blobs: BlobCounts;
  /** The manifests and indexes that lost the name. */
  readonly displaced: readonly Digest[];
}

const ATTEMPTS = 5;
const BLOBS_AT_ONCE = 4;

/**
 * Loads an image for several platforms into a store as it is: its index, all manifests and all blobs. Each blob is written
 * once, verified, and the index of the store names the image at the end.
 *
 * @param name a name with a tag; null for none
 * @throws LayersError ERR_LAYERS_BLOB_MISMATCH for a blob with a wrong digest, and what `loadImages` throws
 */
export function loadGraph(
  store: Store,
  graph: LoadableGraph,
  name: string | null,
  options: LoadOptions = {},
): Promise<LoadedGraph> {
  return withHeldLease(store, async (lease) => {
    if (findLeases(store).some(({ isLive }) => !isLive))
      await withStoreLock(store, lease, options, async () => removeDeadLeases(store));
    const writer = new GraphWriter(store, lease, graph, options);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await writer.write();
      const displaced = await withStoreLock(store, lease, options, () => commit(store, lease, graph, name));
      if (displaced !== null) return { blobs: writer.counts(), displaced };
    }
    throw new LayersError(
      'ERR_LAYERS_STORE_LOCKED',
      'another tool deletes the blobs before the index names them',
      { archive: store.path, hint: 'try again when it is done' },
    );
  });
}

/** Returns the manifests that lost the name; null if another tool has deleted a blob. */
async function commit(
  store: Store,
  lease: HeldLease,
  { root, documents, blobs }: LoadableGraph,
  name: string | null,
): Promise<readonly Digest[] | null> {
  const sizes = [
    ...[root, ...documents].map(({ digest, bytes }) => ({ digest, size: bytes.length })),
    ...blobs.map(({ digest, sizeBytes }) => ({ digest, size: sizeBytes })),
  ];
  if (!sizes.every(({ digest, size }) => blobSize(store, digest) === size)) return null;
  const { displaced } = await commitIndex(store, lease, ({ entries }) => {
    const editor = new EntryEditor(entries);
    const entry = newEntry(root.mediaType, root.digest, root.bytes.length, undefined);
    const named = name === null ? null : entryName(name);
    if (named === null) editor.add(entry);
    return { displaced: named === null ? [] : editor.name(entry, named), entries: editor.entries() };
  });
  return displaced;
}

/** Writes the blobs and documents that a store does not have. */
class GraphWriter {
  readonly #graph: LoadableGraph;
  readonly #writer: BlobWriter;
  readonly #options: LoadOptions;
  readonly #origins = new Map<Digest, { readonly sizeBytes: number; readonly origin: BlobOrigin }>();
  readonly #totalBytes: number;
  /** Aborted at the first failure: the other blobs need not be read to their end. */
  readonly #failed = new AbortController();
  #doneBytes = 0;

  constructor(store: Store, lease: HeldLease, graph: LoadableGraph, options: LoadOptions) {
    this.#graph = graph;
    this.#writer = new BlobWriter(store, lease);
    this.#options = options;
    this.#totalBytes = graph.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  async write(): Promise<void> {
    const { root, documents, blobs } = this.#graph;
    const largestFirst = [...blobs].sort((a, b) => b.sizeBytes - a.sizeBytes);
    await atOnce(
      largestFirst,
      BLOBS_AT_ONCE,
      (blob) => this.#put(blob),
      (error) => {
        this.#failed.abort(error);
        this.#options.onFailure?.(error);
      },
    );
    const written = [...documents, root].map(({ digest, bytes }) => ({
      digest,
      sizeBytes: bytes.length,
      chunks: () => oneChunk(bytes),
    }));
    await atOnce(written, BLOBS_AT_ONCE, (document) => this.#put(document));
    await this.#writer.sync();
  }

  counts(): BlobCounts {
    const counts = { written: 0, writtenBytes: 0, reused: 0, reusedBytes: 0, mended: 0 };
    for (const { sizeBytes, origin } of this.#origins.values()) {
      if (origin === 'reused') {
        counts.reused++;
        counts.reusedBytes += sizeBytes;
        continue;
      }
      counts.written++;
      counts.writtenBytes += sizeBytes;
      if (origin === 'mended') counts.mended++;
    }
    return counts;
  }

  async #put(blob: GraphBlob): Promise<void> {
    const { digest, sizeBytes } = blob;
    if (await this.#writer.has(digest, sizeBytes, this.#onBytes)) return this.#record(blob, 'reused');
    const writeBytes = async (sink: (chunk: Uint8Array) => Promise<void>) => {
      const digester = createDigester(computableAlgorithmOf(digest) ?? 'sha256');
      let seen = 0;
      for await (const chunk of blob.chunks()) {
        this.#onBytes(chunk.length);
        seen += chunk.length;
        if (seen > sizeBytes) throw mismatch(digest, `more than the declared ${sizeBytes} bytes`);
        digester.update(chunk);
        await sink(chunk);
      }
      const computed = digester.digest();
      if (computed !== digest) throw mismatch(digest, `the digest ${computed}`);
      return { digest, sizeBytes: seen };
    };
    const { origin } = await this.#writer.write(writeBytes, this.#onBytes, true);
    this.#record(blob, origin);
  }

  /** A blob that this writer has written stays `written`, although a second attempt finds it. */
  #record({ digest, sizeBytes }: GraphBlob, origin: BlobOrigin): void {
    if (origin === 'reused' && this.#origins.has(digest)) return;
    this.#origins.set(digest, { sizeBytes, origin });
  }

  readonly #onBytes = (bytes: number): void => {
    const { signal, onProgress } = this.#options;
    this.#doneBytes = Math.min(this.#doneBytes + bytes, this.#totalBytes);
    onProgress?.({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
    signal?.throwIfAborted();
    this.#failed.signal.throwIfAborted();
  };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function mismatch(digest: Digest, what: string): LayersError {
  return new LayersError('ERR_LAYERS_BLOB_MISMATCH', `the blob ${digest} has ${what}`, {
    hint: 'the image is damaged: read it again from its source',
  });
}
