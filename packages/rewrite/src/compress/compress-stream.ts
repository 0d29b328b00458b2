import { availableParallelism } from 'node:os';
import { LayersError } from '@layers/errors';
import type { LayerCompression } from '../image/new-image.js';
import { type Block, type BlockSizes, blockBuffers } from './block.js';
import { compressBlocks } from './compress-blocks.js';
import { DEFLATE_WINDOW_BYTES } from './deflate-block.js';
import { gzipFrame } from './gzip-frame.js';
import { splitBlocks } from './split-blocks.js';
import { isZstdBuiltIn } from './zstd-block.js';

export interface CompressOptions {
  readonly kind: LayerCompression['kind'];
  /** gzip 0 to 9, usually 6; zstd 1 to 19, usually 3. */
  readonly level?: number | null | undefined;
  /** The most threads to compress in; 0 compresses in this one. Default: one a core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LEVELS = {
  gzip: { lowest: 0, usual: 6, highest: 9 },
  zstd: { lowest: 1, usual: 3, highest: 19 },
} as const;

const KIB = 1024;
/** Node keeps the dictionary of each deflater until it gathers garbage: small blocks would leave many of them. */
const GZIP_SIZES: BlockSizes = { blockBytes: 1024 * KIB, dictionaryBytes: DEFLATE_WINDOW_BYTES };
/** Frames know nothing of each other: large ones lose little, and windows stay below what all decoders take. */
const ZSTD_SIZES: BlockSizes = { blockBytes: 4096 * KIB, dictionaryBytes: 0 };
/** Zstd in WebAssembly is handed its output a byte at a time, in arrays eight times as large. */
const WASM_SIZES: BlockSizes = { blockBytes: 1024 * KIB, dictionaryBytes: 0 };
/** The one thread that reads, cuts and writes keeps no more of them busy. */
const MOST_THREADS = 16;

/**
 * Compresses a stream, in threads where it is longer than some MiB. gzip gives one member (RFC 1952), in blocks
 * as pigz makes them, with no name, no time and an unknown system; zstd gives frames of 4 MiB each (RFC 8878, 3.1).
 * `none` gives the stream itself.
 *
 * The bytes depend on the input, `kind` and `level` alone: not on the number of threads, nor on how the input is cut.
 * Another version of Node may give others, since it comes with another zlib or zstd.
 *
 * An input view is used up when the next one is asked for; an output view is valid until the next step. Blocks in
 * flight take 3 MiB a thread for gzip, and 4 MiB a thread and 8 MiB for zstd, and at most as much again for what they
 * became. Leaving the loop early stops the threads and closes the input. Aborting stops the threads at once, but waits
 * for an input that is being waited for.
 *
 * @throws LayersError at the call: ERR_LAYERS_USAGE for a level or number of threads that there is not; in the loop:
 * what the input throws, the signal's reason, ERR_LAYERS_COMPRESS where the compressor fails
 */
export function compressStream(
  chunks: AsyncIterable<Uint8Array>,
  options: CompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { kind, signal } = options;
  const threads = checkedThreads(options.threads);
  const level = checkedLevel(kind, options.level ?? null);
  if (kind === 'none') return unchanged(chunks, signal);
  const work = { threads, signal };
  return kind === 'gzip' ? gzipStream(chunks, level, work) : zstdStream(chunks, level, work);
}

interface Work {
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
  work: Work,
): AsyncGenerator<Uint8Array, void, undefined> {
  work.signal?.throwIfAborted();
  const frame = gzipFrame(level);
  const buffers = blockBuffers(GZIP_SIZES);
  async function* blocks(): AsyncGenerator<Block, void, undefined> {
    for await (const block of splitBlocks(chunks, GZIP_SIZES, buffers)) {
      frame.update(block.buffer.subarray(block.from, block.to));
      yield block;
    }
  }
  yield frame.header;
  yield* compressBlocks(blocks(), { kind: 'gzip', level, ...work, buffers });
  yield frame.trailer();
}

async function* zstdStream(
  chunks: AsyncIterable<Uint8Array>,
  level: number,
  work: Work,
): AsyncGenerator<Uint8Array, void, undefined> {
  work.signal?.throwIfAborted();
  const sizes = isZstdBuiltIn() ? ZSTD_SIZES : WASM_SIZES;
  const buffers = blockBuffers(sizes);
  const blocks = splitBlocks(chunks, sizes, buffers);
  yield* compressBlocks(blocks, { kind: 'zstd', level, ...work, buffers });
}

function checkedThreads(threads: number | undefined): number {
  const count = threads ?? availableParallelism();
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new LayersError('ERR_LAYERS_USAGE', `${count} is no number of threads`);
  }
  return Math.min(count, MOST_THREADS);
}

function checkedLevel(kind: CompressOptions['kind'], level: number | null): number {
  if (kind === 'none') {
    if (level === null) return 0;
    throw new LayersError('ERR_LAYERS_USAGE', 'without compression there is no level');
  }
  const { lowest, usual, highest } = LEVELS[kind];
  const wanted = level ?? usual;
  if (!Number.isInteger(wanted) || wanted < lowest || wanted > highest) {
    throw new LayersError('ERR_LAYERS_USAGE', `${kind} has no level ${wanted}`, {
      hint: `its levels are ${lowest} to ${highest}`,
    });
  }
  return wanted;
}
