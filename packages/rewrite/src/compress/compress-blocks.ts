import { LayersError } from '@layers/errors';
import type { Block, BlockCompressor, BufferPool } from './block.js';
import { type BlockKind, openBlockCompressor } from './block-compressor.js';
import type { CompressedBlock } from './compress-job.js';
import { type CompressPool, openCompressPool, takeIdlePool } from './compress-pool.js';
import { canUseNodePool, openNodePool } from './node-pool.js';

/** How to compress the blocks of a stream. */
export interface BlockOptions {
  readonly kind: BlockKind;
  readonly level: number;
  /** The most threads; 0 compresses in the calling thread. */
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  /** Gets the buffers of compressed blocks back. */
  readonly buffers: BufferPool;
}

const MIB = 1024 * 1024;
/** Streams above this size use threads that are already running. */
const REUSE_THREADS_BYTES = MIB;

/**
 * Compresses blocks, and yields the results in order. Uses Node's thread pool, or worker threads for streams that are long
 * enough. Leaving the loop early, or aborting, stops the threads. A result is a view that holds until the next step.
 *
 * @throws what reading the blocks throws; the reason of the signal; ERR_LAYERS_COMPRESS
 */
export async function* compressBlocks(
  blocks: AsyncIterable<Block>,
  options: BlockOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { threads, signal, buffers } = options;
  const waiting: Block[] = [];
  const inFlight: Promise<CompressedBlock>[] = [];
  let waitingBytes = 0;
  let pool: CompressPool | undefined;
  let inlineCompressor: Promise<BlockCompressor> | undefined;
  const usesNodePool = canUseNodePool(options.kind, threads);
  let done = false;
  const stop = () => void pool?.stop();
  const openInline = (): Promise<BlockCompressor> => {
    inlineCompressor ??= openBlockCompressor(options.kind, options.level);
    return inlineCompressor;
  };
  signal?.addEventListener('abort', stop);
  try {
    for await (const block of blocks) {
      signal?.throwIfAborted();
      waiting.push(block);
      waitingBytes += block.end - block.start;
      if (threads === 0) {
        yield* compressInline(waiting, openInline(), options);
        continue;
      }
      if (usesNodePool) pool ??= openNodePool();
      if (waitingBytes > REUSE_THREADS_BYTES) pool ??= takeIdlePool(threads);
      if (waitingBytes > startThreadsBytes(options)) pool ??= await openCompressPool(threads);
      if (pool === undefined) continue;
      for (const each of waiting.splice(0)) inFlight.push(startBlock(pool, each, options));
      while (inFlight.length >= maxInFlight(options)) yield* finishOldest(inFlight, buffers);
      signal?.throwIfAborted();
    }
    if (waiting.length > 0) yield* compressInline(waiting, openInline(), options);
    while (inFlight.length > 0) yield* finishOldest(inFlight, buffers);
    done = true;
  } catch (error) {
    // An abort stops the threads, which makes the blocks in them fail.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    if (done) pool?.release();
    else await pool?.stop();
    // An error of opening was thrown where the compressor was used.
    (await inlineCompressor?.catch(() => undefined))?.close();
  }
}

/** Returns the size of streams for which new threads start. Starting two threads takes about 150 ms of a core. */
function startThreadsBytes({ kind, level }: BlockOptions): number {
  return kind === 'zstd' && level <= 5 ? 16 * MIB : 4 * MIB;
}

/** Returns the number of blocks in flight: enough to keep all threads busy while the calling thread does other work. Blocks of zstd are larger. */
function maxInFlight({ kind, threads }: BlockOptions): number {
  // One more than there are cores: the calling thread notices the end of a block only between its own steps.
  if (canUseNodePool(kind, threads)) return threads + 1;
  return kind === 'gzip' ? 3 * threads : threads + 2;
}

function startBlock(
  pool: CompressPool,
  block: Block,
  { kind, level }: BlockOptions,
): Promise<CompressedBlock> {
  const result = pool.run({ kind, level, block });
  // If the loop is left early, nobody awaits the result.
  result.catch(() => {});
  return result;
}

async function* finishOldest(
  inFlight: Promise<CompressedBlock>[],
  buffers: BufferPool,
): AsyncGenerator<Uint8Array, void, undefined> {
  const oldest = await inFlight.shift()?.catch(throwCompressError);
  if (oldest === undefined) return;
  const { buffer, start, bytes } = oldest;
  yield buffer.subarray(start, start + bytes);
  buffers.release(buffer);
}

async function* compressInline(
  waiting: Block[],
  compressor: Promise<BlockCompressor>,
  { signal, buffers }: BlockOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { compress } = await compressor.catch(throwCompressError);
  for (const block of waiting.splice(0)) {
    signal?.throwIfAborted();
    let bytes: number;
    try {
      bytes = compress(block);
    } catch (error) {
      throwCompressError(error);
    }
    yield block.buffer.subarray(block.outputStart, block.outputStart + bytes);
    buffers.release(block.buffer);
  }
}

/** Errors from worker threads arrive without their class and code. */
function throwCompressError(cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new LayersError('ERR_LAYERS_COMPRESS', `the compressor failed: ${message}`, {
    hint: 'try another compression, or fewer threads',
    cause,
  });
}
