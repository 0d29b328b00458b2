import { LayersError } from '@layers/errors';
import type { Block, BlockBuffers, BlockCompressor } from './block.js';
import { type BlockKind, openBlockCompressor } from './block-compressor.js';
import type { CompressedBlock } from './compress-job.js';
import { type CompressPool, openCompressPool, takeSparePool } from './compress-pool.js';

/** How a stream of blocks is to be compressed. */
export interface CompressWork {
  readonly kind: BlockKind;
  readonly level: number;
  /** The most threads to compress in; 0 for none but this one. */
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  /** Where the buffers of blocks go when they are done with. */
  readonly buffers: BlockBuffers;
}

const MIB = 1024 * 1024;
/** Above this many bytes threads that run already are of use. */
const WORTH_RUNNING_THREADS = MIB;

/**
 * Compresses blocks, in threads where there is enough to do, and gives the results in order. Leaving the loop early,
 * or aborting, stops the threads. A result is valid until the next one is asked for.
 *
 * @throws what reading the blocks throws; the signal's reason; ERR_LAYERS_COMPRESS where the compressor fails
 */
export async function* compressBlocks(
  blocks: AsyncIterable<Block>,
  work: CompressWork,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { threads, signal, buffers } = work;
  const waiting: Block[] = [];
  const inFlight: Promise<CompressedBlock>[] = [];
  let waitingBytes = 0;
  let pool: CompressPool | undefined;
  let here: Promise<BlockCompressor> | undefined;
  let done = false;
  const stop = () => void pool?.stop();
  const opened = (): Promise<BlockCompressor> => {
    here ??= openBlockCompressor(work.kind, work.level);
    return here;
  };
  signal?.addEventListener('abort', stop);
  try {
    for await (const block of blocks) {
      signal?.throwIfAborted();
      waiting.push(block);
      waitingBytes += block.to - block.from;
      if (threads === 0) {
        yield* compressHere(waiting, opened(), work);
        continue;
      }
      if (waitingBytes > WORTH_RUNNING_THREADS) pool ??= takeSparePool(threads);
      if (waitingBytes > worthStarting(work)) pool ??= await openCompressPool(threads);
      if (pool === undefined) continue;
      for (const each of waiting.splice(0)) inFlight.push(startBlock(pool, each, work));
      while (inFlight.length >= mostInFlight(work)) yield* finishOldest(inFlight, buffers);
      signal?.throwIfAborted();
    }
    if (waiting.length > 0) yield* compressHere(waiting, opened(), work);
    while (inFlight.length > 0) yield* finishOldest(inFlight, buffers);
    done = true;
  } catch (error) {
    // Threads that were stopped over a block complain about that.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    if (done) pool?.release();
    else await pool?.stop();
    // One that could not be opened has said so already.
    (await here?.catch(() => undefined))?.close();
  }
}

/** Two threads take about 150 ms of a core to start, in which this many bytes are compressed here. */
function worthStarting({ kind, level }: CompressWork): number {
  return kind === 'zstd' && level <= 5 ? 16 * MIB : 4 * MIB;
}

/** So many that threads have enough to do while this one is busy or waits for its turn; zstd's blocks are large. */
function mostInFlight({ kind, threads }: CompressWork): number {
  return kind === 'gzip' ? 3 * threads : threads + 2;
}

function startBlock(
  pool: CompressPool,
  block: Block,
  { kind, level }: CompressWork,
): Promise<CompressedBlock> {
  const result = pool.run({ kind, level, block });
  // Nobody may come to wait for it.
  result.catch(() => {});
  return result;
}

async function* finishOldest(
  inFlight: Promise<CompressedBlock>[],
  buffers: BlockBuffers,
): AsyncGenerator<Uint8Array, void, undefined> {
  const head = await inFlight.shift()?.catch(throwCompressError);
  if (head === undefined) return;
  const { buffer, room, bytes } = head;
  yield buffer.subarray(room, room + bytes);
  buffers.give(buffer);
}

async function* compressHere(
  waiting: Block[],
  compressor: Promise<BlockCompressor>,
  { signal, buffers }: CompressWork,
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
    yield block.buffer.subarray(block.room, block.room + bytes);
    buffers.give(block.buffer);
  }
}

/** Errors come out of threads without their class and code. */
function throwCompressError(cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new LayersError('ERR_LAYERS_COMPRESS', `the compressor failed: ${message}`, {
    hint: 'try another compression, or less at once',
    cause,
  });
}
