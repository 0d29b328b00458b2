import { createHash, type Hash } from 'node:crypto';
import {
  changesetOf,
  createContentReader,
  layerTars,
  type ReadImage,
  type ReadLayer,
} from '@layers/core/image';
import { Yielder } from '@layers/core/io';
import { type Changeset, Kind } from '@layers/core/rootfs';
import { ChunkList, type LayerChunks } from '../chunks/chunk-list.js';
import { CHUNK_BYTES, Chunker } from '../chunks/fast-cdc.js';
import { chunkNumber } from '../chunks/sample.js';
import { openSampler, type ZstdSample } from './zstd-sample.js';

/** The bytes of a SHA-256 that name a content. */
export const CONTENT_BYTES = 16;

/** A hole costs as much time as the zeros that it stands for. A file with larger holes has no digest. */
const MAX_HOLE_BYTES = 1024 ** 3;

/** The digests of the contents of a layer. */
export interface Contents {
  /** For each entry, the first `CONTENT_BYTES` bytes of the SHA-256 of its content. */
  readonly digests: Uint8Array;
  /** Whether the entry has a content: 1 or 0. */
  readonly has: Uint8Array;
}

/** What the bytes of a layer say. */
export interface HashedLayer {
  /** The digest of the uncompressed tar. */
  readonly diffId: string;
  readonly contents: Contents;
  readonly sample: ZstdSample;
  /** Null where no chunks are wanted. */
  readonly chunks: LayerChunks | null;
}

export interface HashOptions {
  /** Of how many chunks of contents one is kept; null to find no chunks. */
  readonly chunksOneIn: number | null;
  readonly signal?: AbortSignal | undefined;
}

/** Computes the digests of the contents of layers, and of their chunks, in one pass over each. Throws as `readContent` does. */
export async function hashContents(
  image: ReadImage,
  layers: readonly ReadLayer[],
  { chunksOneIn, signal }: HashOptions,
): Promise<ReadonlyMap<ReadLayer, HashedLayer>> {
  const hashed = new Map<ReadLayer, HashedLayer>();
  const yielder = new Yielder({ signal });
  for await (const { layer, tar } of layerTars(image, layers)) {
    const changeset = changesetOf(layer);
    const digests = new Uint8Array(changeset.count * CONTENT_BYTES);
    const has = new Uint8Array(changeset.count);
    const whole = createHash('sha256');
    const sampler = await openSampler();
    const list = chunksOneIn === null ? null : new ChunkList(chunksOneIn);
    const reader = createContentReader(
      (entry) => isHashed(changeset, entry),
      (entry) => {
        const size = changeset.size[entry] ?? 0;
        const hash = createHash('sha256');
        const chunks = list === null || size <= CHUNK_BYTES.least ? null : new FileChunks(list, entry);
        return {
          write(bytes) {
            hash.update(bytes);
            chunks?.write(bytes);
          },
          end() {
            const digest = hash.digest();
            digests.set(digest.subarray(0, CONTENT_BYTES), entry * CONTENT_BYTES);
            has[entry] = 1;
            if (chunks !== null) chunks.end();
            else if (size > 0) list?.add(entry, chunkNumber(digest), size);
          },
        };
      },
    );
    for await (const chunk of tar) {
      whole.update(chunk);
      sampler.write(chunk);
      reader.write(chunk);
      if (yielder.count(chunk.length)) await yielder.pause();
    }
    reader.end();
    const sample = sampler.end();
    hashed.set(layer, {
      diffId: `sha256:${whole.digest('hex')}`,
      contents: { digests, has },
      sample,
      chunks: list?.list() ?? null,
    });
  }
  return hashed;
}

function isHashed(changeset: Changeset, entry: number): boolean {
  if (changeset.kind[entry] !== Kind.file) return false;
  const sparse = changeset.sparse.get(entry);
  return sparse === undefined || (changeset.size[entry] ?? 0) - sparse.storedSize <= MAX_HOLE_BYTES;
}

/** The chunks of one file. */
class FileChunks {
  readonly #list: ChunkList;
  readonly #entry: number;
  readonly #chunker = new Chunker();
  #hash: Hash | null = null;
  #bytes = 0;

  constructor(list: ChunkList, entry: number) {
    this.#list = list;
    this.#entry = entry;
  }

  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const end = this.#chunker.end(bytes, from);
      const part = bytes.subarray(from, end === -1 ? bytes.length : end);
      this.#hash ??= createHash('sha256');
      this.#hash.update(part);
      this.#bytes += part.length;
      if (end === -1) return;
      this.end();
      from = end;
    }
  }

  /** Ends the chunk at hand. */
  end(): void {
    if (this.#hash === null) return;
    this.#list.add(this.#entry, chunkNumber(this.#hash.digest()), this.#bytes);
    this.#hash = null;
    this.#bytes = 0;
  }
}
