import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { closeRing, createHashRing, writeRing } from './hash-ring.js';
import type { LayerJob } from './layer-job.js';
import { layerWorkerFile } from './worker-file.js';

/** A sum of bytes that another thread makes. */
export interface ThreadDigester {
  /** Adds the next bytes, whose memory may be used for something else afterwards. Waits while the thread is behind. */
  update(bytes: Uint8Array): void;
  /** Ends the sum, and resolves to it. No more may be added. */
  digest(): Promise<Digest>;
}

/** A thread that hashes, one sum after the other. */
export interface HashThread {
  /** Begins a sum. The one before must have been ended. */
  digester(algorithm: ComputableAlgorithm): ThreadDigester;
  /** Ends the thread; a sum that was not ended comes to nothing. */
  close(): Promise<void>;
}

/**
 * Starts a thread that hashes. SHA-256 takes longer than reading and writing the same bytes, and cannot be shared among
 * threads; but whoever copies them need not do it too.
 */
export async function openHashThread(): Promise<HashThread> {
  const { default: Tinypool } = await import('tinypool');
  const pool = new Tinypool({ filename: layerWorkerFile(), minThreads: 1, maxThreads: 1 });
  return {
    digester(algorithm) {
      const ring = createHashRing();
      const job: LayerJob = { do: 'hash', ring, algorithms: [algorithm] };
      const result: Promise<Digest[]> = pool.run(job);
      // Nobody may come to ask for it.
      result.catch(() => {});
      return {
        update: (bytes) => writeRing(ring, bytes),
        async digest() {
          closeRing(ring);
          const [digest] = await result;
          if (digest === undefined) throw new Error('the thread that hashes gave no digest');
          return digest;
        },
      };
    },
    close: () => pool.destroy(),
  };
}
