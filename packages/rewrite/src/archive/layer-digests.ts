import { availableParallelism } from 'node:os';
import { type ComputableAlgorithm, createDigester, type Digest } from '@layers/core/digest';
import { type HashThread, openHashThread } from '@layers/core/image';

/** Computes a digest of a layer's bytes. */
export interface LayerDigester {
  /** Adds the next bytes. Their memory is not used afterwards. */
  update(bytes: Uint8Array): void;
  digest(): Digest | Promise<Digest>;
}

/** Computes digests of layers, one after the other. */
export interface LayerDigests {
  /**
   * Returns a digester for the next layer.
   *
   * @param others the number of other threads that work on the same layer
   */
  of(algorithm: ComputableAlgorithm, bytes: number | null, others?: number): Promise<LayerDigester>;
  close(): Promise<void>;
}

/** Smaller layers are hashed faster without a thread. */
const THREAD_MIN_BYTES = 64 * 1024 * 1024;

/** Computes digests of large layers in a worker thread, if there are enough cores. The caller closes it. */
export function createLayerDigests(): LayerDigests {
  let thread: HashThread | undefined;
  return {
    async of(algorithm, bytes, others = 0) {
      if (bytes !== null && bytes < THREAD_MIN_BYTES) return createDigester(algorithm);
      if (availableParallelism() < 2 + others) return createDigester(algorithm);
      thread ??= await openHashThread();
      return thread.digester(algorithm);
    },
    async close() {
      await thread?.close();
    },
  };
}
