import { isHandleTested } from '@layers/core/compression';
import type { BlockKind } from './block-compressor.js';
import type { CompressPool } from './compress-pool.js';
import { deflateStream, flushOf } from './deflate-block.js';
import { encodeInPool, type PooledEncoding } from './zlib-encoder.js';
import { isZstdBuiltIn, ZSTD_END, zstdStream } from './zstd-block.js';

/** The threads of Node's pool, unless the user sets another number. One of them stays free to read and write files. */
const POOL_THREADS = 4;

/** Returns whether Node's thread pool replaces so many worker threads, and was tested on this version. */
export function canUseNodePool(kind: BlockKind, threads: number): boolean {
  return threads > 0 && threads < POOL_THREADS && isHandleTested() && (kind === 'gzip' || isZstdBuiltIn());
}

/**
 * Opens a pool that compresses in Node's thread pool. That needs no threads of JavaScript, which take 70 ms and 10 MB each,
 * and leaves less garbage than passing buffers between threads.
 */
export function openNodePool(): CompressPool {
  const running = new Set<PooledEncoding>();
  let isStopped = false;
  const stopped = (): Error => new Error('the threads were stopped');
  return {
    async run({ kind, level, block }) {
      if (isStopped) throw stopped();
      const { buffer, start, end, outputStart, isLast } = block;
      const stream = kind === 'gzip' ? deflateStream(block, level) : zstdStream(level);
      const flush = kind === 'gzip' ? flushOf(isLast) : ZSTD_END;
      const encoding = encodeInPool(stream, flush, buffer.subarray(start, end), buffer.subarray(outputStart));
      running.add(encoding);
      try {
        return { buffer, start: outputStart, bytes: await encoding.bytes };
      } finally {
        running.delete(encoding);
      }
    },
    release() {},
    async stop() {
      isStopped = true;
      for (const encoding of running) encoding.abandon(stopped());
    },
  };
}
