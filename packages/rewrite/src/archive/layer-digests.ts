import { availableParallelism } from 'node:os';
import { type ComputableAlgorithm, createDigester, type Digest } from '@layers/core/digest';
import { type HashThread, openHashThread } from '@layers/core/image';

/** A sum of the bytes of a layer. */
export interface LayerDigester {
  /** The next bytes. They are not kept. */
  update(bytes: Uint8Array): void;
  digest(): Digest | Promise<Digest>;
}

/** Makes the sums of layers, one after the other. */
export interface LayerDigests {
  /**
   * @param bytes how many there will be; null where nobody knows
   * @param others threads that work on the same layer besides the one that asks
   */
  of(algorithm: ComputableAlgorithm, bytes: number | null, others?: number): Promise<LayerDigester>;
  close(): Promise<void>;
}

/** What a thread costs pays off above so many bytes. */
const WORTH_A_THREAD_BYTES = 64 * 1024 * 1024;

/** Sums of large layers are made in a thread beside, where there is more than one core. The last must be closed. */
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
