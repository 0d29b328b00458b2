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
}

/** Computes the digests of the contents of layers, in one pass over each. Throws as `readContent` does. */
export async function hashContents(
  image: ReadImage,
  layers: readonly ReadLayer[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<ReadLayer, HashedLayer>> {
  const hashed = new Map<ReadLayer, HashedLayer>();
  const yielder = new Yielder({ signal });
  for await (const { layer, tar } of layerTars(image, layers)) {
    const changeset = changesetOf(layer);
    const digests = new Uint8Array(changeset.count * CONTENT_BYTES);
    const has = new Uint8Array(changeset.count);
    const whole = createHash('sha256');
    const sampler = await openSampler();
    const reader = createContentReader(
      (entry) => isHashed(changeset, entry),
      (entry) =>
        digesting((digest) => {
          digests.set(digest.subarray(0, CONTENT_BYTES), entry * CONTENT_BYTES);
          has[entry] = 1;
        }),
    );
    for await (const chunk of tar) {
      whole.update(chunk);
      sampler.write(chunk);
      reader.write(chunk);
      if (yielder.count(chunk.length)) await yielder.pause();
    }
    reader.end();
    const sample = sampler.end();
    hashed.set(layer, { diffId: `sha256:${whole.digest('hex')}`, contents: { digests, has }, sample });
  }
  return hashed;
}

function isHashed(changeset: Changeset, entry: number): boolean {
  if (changeset.kind[entry] !== Kind.file) return false;
  const sparse = changeset.sparse.get(entry);
  return sparse === undefined || (changeset.size[entry] ?? 0) - sparse.storedSize <= MAX_HOLE_BYTES;
}

function digesting(onDigest: (digest: Uint8Array) => void): { write(bytes: Uint8Array): void; end(): void } {
  const hash: Hash = createHash('sha256');
  return {
    write: (bytes) => void hash.update(bytes),
    end: () => onDigest(hash.digest()),
  };
}
