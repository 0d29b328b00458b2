import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { closeRing, createHashRing, writeRing } from './hash-ring.js';
import type { LayerJob } from './layer-job.js';
import { layerWorkerFile } from './worker-file.js';

/** A digest that another thread computes. */
export interface ThreadDigester {
  /** Adds the next bytes. Their memory may be reused after the call. Waits while the thread is behind. */
  update(bytes: Uint8Array): void;
  /** Ends the digest and resolves to it. */
  digest(): Promise<Digest>;
}

/** A thread that computes digests, one after another. */
export interface HashThread {
  /** Starts a digest. The one before must have ended. */
  digester(algorithm: ComputableAlgorithm): ThreadDigester;
  /** Ends the thread, and abandons a digest that has not ended. */
  close(): Promise<void>;
}

/**
 * Starts a thread that computes digests. SHA-256 takes longer than copying the same bytes, so the thread that copies
 * them leaves it to this one.
 */
export async function openHashThread(): Promise<HashThread> {
  const { default: Tinypool } = await import('tinypool');
  const pool = new Tinypool({ filename: layerWorkerFile(), minThreads: 1, maxThreads: 1 });
  return {
    digester(algorithm) {
      const ring = createHashRing();
      const job: LayerJob = { do: 'hash', ring, algorithms: [algorithm] };
      const result: Promise<Digest[]> = pool.run(job);
      // Avoids an unhandled rejection where the digest is never requested.
      result.catch(() => {});
      return {
        update: (bytes) => writeRing(ring, bytes),
        async digest() {
          closeRing(ring);
          const [digest] = await result;
          if (digest === undefined) throw new Error('the hash thread returned no digest');
          return digest;
        },
      };
    },
    close: () => pool.destroy(),
  };
}
