import { createHash, type Hash } from 'node:crypto';
import type { ContentSink } from '@layers/core/image';
import { type Changeset, Kind } from '@layers/core/rootfs';
import { ChunkList, type LayerChunks } from '../chunks/chunk-list.js';
import { CHUNK_BYTES, Chunker } from '../chunks/fast-cdc.js';
import { chunkNumber } from '../chunks/sample.js';
import type { ZstdSample, ZstdSampler } from './zstd-sample.js';

/** The bytes of a SHA-256 that name a content. */
export const CONTENT_BYTES = 16;

/** A hole costs as much time as the zeros that it stands for. A file with larger holes has no digest. */
const MAX_HOLE_BYTES = 1024 ** 3;

/** The entries for which there is room at first. */
const FIRST_ENTRIES = 256;

/** The digests of the contents of a layer. */
export interface Contents {
  /** For each entry, the first `CONTENT_BYTES` bytes of the SHA-256 of its content. */
  readonly digests: Uint8Array;
  /** Whether the entry has a content: 1 or 0. */
  readonly has: Uint8Array;
}

/** What the bytes of a layer say. */
export interface HashedLayer {
  /** The SHA-256 of the uncompressed tar; null where it was not computed. */
  readonly diffId: string | null;
  readonly contents: Contents;
  readonly sample: ZstdSample;
  /** Null where no chunks are wanted. */
  readonly chunks: LayerChunks | null;
}

export interface HasherOptions {
  /** Of how many chunks of contents one is kept; null to find no chunks. */
  readonly chunksOneIn: number | null;
  readonly sampler: ZstdSampler;
  /** Whether the digest of the tar is wanted. */
  readonly hashesTar: boolean;
}

/** Computes the digests of the contents of a layer, and of their chunks, while its bytes pass. */
export class LayerHasher {
  readonly #sampler: ZstdSampler;
  readonly #tar: Hash | null;
  readonly #chunks: ChunkList | null;
  #digests = new Uint8Array(FIRST_ENTRIES * CONTENT_BYTES);
  #has = new Uint8Array(FIRST_ENTRIES);

  constructor({ chunksOneIn, sampler, hashesTar }: HasherOptions) {
    this.#sampler = sampler;
    this.#tar = hashesTar ? createHash('sha256') : null;
    this.#chunks = chunksOneIn === null ? null : new ChunkList(chunksOneIn);
  }

  onTar(bytes: Uint8Array): void {
    this.#tar?.update(bytes);
    this.#sampler.write(bytes);
  }

  /** @param storedSize the bytes of the file in the tar: fewer than `size` where it has holes */
  openContent(entry: number, size: number, storedSize: number): ContentSink | null {
    if (size - storedSize > MAX_HOLE_BYTES) return null;
    const hash = createHash('sha256');
    const list = this.#chunks;
    const chunks = list === null || size <= CHUNK_BYTES.least ? null : new FileChunks(list, entry);
    return {
      write(bytes) {
        hash.update(bytes);
        chunks?.write(bytes);
      },
      end: () => {
        const digest = hash.digest();
        this.#keep(entry, digest);
        if (chunks !== null) chunks.end();
        else if (size > 0) list?.add(entry, chunkNumber(digest), size);
      },
    };
  }

  /** Ends the layer. Returns null where a file is not an entry that counts in the end, as some of AUFS are not. */
  end({ count, kind }: Changeset): HashedLayer | null {
    for (let entry = 0; entry < this.#has.length; entry++)
      if (this.#has[entry] === 1 && kind[entry] !== Kind.file) return null;
    this.#grow(count);
    return {
      diffId: this.#tar === null ? null : `sha256:${this.#tar.digest('hex')}`,
      contents: {
        digests: this.#digests.slice(0, count * CONTENT_BYTES),
        has: this.#has.slice(0, count),
      },
      sample: this.#sampler.end(),
      chunks: this.#chunks?.list() ?? null,
    };
  }

  #keep(entry: number, digest: Uint8Array): void {
    if (entry >= this.#has.length) this.#grow(2 * (entry + 1));
    this.#digests.set(digest.subarray(0, CONTENT_BYTES), entry * CONTENT_BYTES);
    this.#has[entry] = 1;
  }

  #grow(count: number): void {
    if (count <= this.#has.length) return;
    const [digests, has] = [this.#digests, this.#has];
    this.#digests = new Uint8Array(count * CONTENT_BYTES);
    this.#has = new Uint8Array(count);
    this.#digests.set(digests);
    this.#has.set(has);
  }
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
