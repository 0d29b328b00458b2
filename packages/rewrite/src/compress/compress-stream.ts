import { availableParallelism } from 'node:os';
import { LayersError } from '@layers/errors';
import type { LayerCompression } from '../image/new-image.js';
import { type Block, type BlockSizes, createBufferPool } from './block.js';
import { compressBlocks } from './compress-blocks.js';
import { DEFLATE_WINDOW_BYTES } from './deflate-block.js';
import { createGzipMember } from './gzip-member.js';
import { splitBlocks } from './split-blocks.js';
import { isZstdBuiltIn } from './zstd-block.js';

/** Options of `compressStream`. */
export interface CompressOptions {
  readonly kind: LayerCompression['kind'];
  /** gzip 0 to 9, default 6; zstd 1 to 19, default 3. */
  readonly level?: number | null | undefined;
  /** The most threads; 0 compresses in the calling thread. Default: one for each core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LEVELS = {
  gzip: { min: 0, default: 6, max: 9 },
  zstd: { min: 1, default: 3, max: 19 },
} as const;

const KIB = 1024;
/** Node keeps the dictionary of each deflate stream until the next garbage collection, so blocks are not small. */
const GZIP_SIZES: BlockSizes = { blockBytes: 1024 * KIB, dictionaryBytes: DEFLATE_WINDOW_BYTES };
/** Large frames compress nearly as well as one frame, and their windows stay below the limits of all decoders. */
const ZSTD_SIZES: BlockSizes = { blockBytes: 4096 * KIB, dictionaryBytes: 0 };
/** The WebAssembly library copies its output byte by byte into arrays that use eight times as much memory. */
const WASM_SIZES: BlockSizes = { blockBytes: 1024 * KIB, dictionaryBytes: 0 };
/** The calling thread, which reads and writes, cannot keep more threads busy. */
const MAX_THREADS = 16;

/**
 * Compresses a stream: in Node's thread pool, or, where many cores are free or Node has no such compressor, in worker threads
 * if it is longer than some MiB. gzip writes one member (RFC 1952) in blocks, as pigz does, without a name, a time or an
 * operating system. zstd writes frames of 4 MiB each (RFC 8878, 3.1). `none` yields the stream unchanged.
 *
 * The output depends on the input, `kind` and `level` only, not on threads or chunk boundaries. Another version of Node
 * may include another zlib or zstd, and give other bytes.
 *
 * Memory: for gzip 3 MiB for each thread; for zstd 4 MiB for each thread and another 8 MiB; at most twice as much with the
 * compressed blocks. Leaving the loop early stops the threads and closes the input. Aborting stops the threads at once,
 * but waits for a pending read of the input.
 *
 * @param chunks views that may change after the next chunk is requested
 * @returns chunks that are views and hold until the next step
 * @throws LayersError ERR_LAYERS_USAGE, at the call, for an invalid level or number of threads; ERR_LAYERS_COMPRESS, in
 *   the loop. The loop also throws what the input throws, and the reason of the signal.
 *
 * @example
 * ```ts
 * const chunks = compressStream(createReadStream('rootfs.tar'), { kind: 'zstd' });
 * await pipeline(chunks, createWriteStream('rootfs.tar.zst'));
 * ```
 */
export function compressStream(
  chunks: AsyncIterable<Uint8Array>,
  options: CompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { kind, signal } = options;
  const threads = checkedThreads(options.threads);
  const level = checkedLevel(kind, options.level ?? null);
  if (kind === 'none') return unchanged(chunks, signal);
  const settings = { threads, signal };
  return kind === 'gzip' ? gzipStream(chunks, level, settings) : zstdStream(chunks, level, settings);
}

interface Settings {
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
}

async function* unchanged(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    if (chunk.length > 0) yield chunk;
  }
}

async function* gzipStream(
  chunks: AsyncIterable<Uint8Array>,
  level: number,
  settings: Settings,
): AsyncGenerator<Uint8Array, void, undefined> {
  settings.signal?.throwIfAborted();
  const member = createGzipMember(level);
  const buffers = createBufferPool(GZIP_SIZES);
  async function* blocks(): AsyncGenerator<Block, void, undefined> {
    for await (const block of splitBlocks(chunks, GZIP_SIZES, buffers)) {
      member.update(block.buffer.subarray(block.start, block.end));
      yield block;
    }
  }
  yield member.header;
  yield* compressBlocks(blocks(), { kind: 'gzip', level, ...settings, buffers });
  yield member.trailer();
}

async function* zstdStream(
  chunks: AsyncIterable<Uint8Array>,
  level: number,
  settings: Settings,
): AsyncGenerator<Uint8Array, void, undefined> {
  settings.signal?.throwIfAborted();
  const sizes = isZstdBuiltIn() ? ZSTD_SIZES : WASM_SIZES;
  const buffers = createBufferPool(sizes);
  const blocks = splitBlocks(chunks, sizes, buffers);
  yield* compressBlocks(blocks, { kind: 'zstd', level, ...settings, buffers });
}

function checkedThreads(threads: number | undefined): number {
  const count = threads ?? availableParallelism();
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new LayersError('ERR_LAYERS_USAGE', `${count} is not a number of threads`, {
      hint: 'use a whole number, or 0 to compress without threads',
    });
  }
  return Math.min(count, MAX_THREADS);
}

function checkedLevel(kind: CompressOptions['kind'], level: number | null): number {
  if (kind === 'none') {
    if (level === null) return 0;
    throw new LayersError('ERR_LAYERS_USAGE', `level ${level} needs a compression`, {
      hint: 'choose gzip or zstd, or omit the level',
    });
  }
  const levels = LEVELS[kind];
  const chosen = level ?? levels.default;
  if (!Number.isInteger(chosen) || chosen < levels.min || chosen > levels.max) {
    throw new LayersError('ERR_LAYERS_USAGE', `${kind} has no level ${chosen}`, {
      hint: `use a level from ${levels.min} to ${levels.max}`,
    });
  }
  return chosen;
}
