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
   * @param bytes the size of the layer; null if unknown
   * @param others further threads that work on the same layer
   */
  of(algorithm: ComputableAlgorithm, bytes: number | null, others?: number): Promise<LayerDigester>;
  close(): Promise<void>;
}

/** The size above which a thread pays off. */
const WORTH_A_THREAD_BYTES = 64 * 1024 * 1024;

/** Computes digests of large layers in a thread, if there is more than one core. The caller closes it. */
export function layerDigests(): LayerDigests {
  let thread: HashThread | undefined;
  return {
    async of(algorithm, bytes, others = 0) {
      if (bytes !== null && bytes < WORTH_A_THREAD_BYTES) return createDigester(algorithm);
      if (availableParallelism() < 2 + others) return createDigester(algorithm);
      thread ??= await openHashThread();
      return thread.digester(algorithm);
    },
    async close() {
      await thread?.close();
    },
  };
}
