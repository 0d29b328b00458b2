import { canUsePool } from '#core/compression/pooled-codec.js';
import { type PooledDecoder, pooledDecoder } from '../../compression/inflater.js';
import type { Compression } from '../../compression/sniff.js';
import type { OpenBytes } from '../../io/byte-source.js';
import { withTocFindings } from './check-toc.js';
import { CHUNK_BYTES, createSink, type LayerTask } from './index-layer.js';
import type { LayerIndex } from './layer-index.js';
import type { LayerSink } from './layer-sink.js';

/**
 * Reads a compressed layer while Node's thread pool decompresses it: this thread hashes and parses what is decompressed.
 * That needs no threads of JavaScript, which take 60 ms and 10 MB each. Only where `canIndexInPool`.
 * Throws ERR_LAYERS_READ and ERR_LAYERS_LIMIT, and the reason of the signal.
 */
export async function indexLayerInPool(task: LayerTask, signal: AbortSignal): Promise<LayerIndex> {
  const { compression, checksum = true } = task;
  const decoder = isPooled(compression)
    ? pooledDecoder(compression, { checksum, ignoreTrailing: true })
    : null;
  if (decoder === null) throw new Error('the thread pool cannot decompress this layer');
  const sink = createSink(task, decoder, task.observe?.());
  try {
    const source = task.source.open();
    try {
      await readInPool(source, sink, decoder, { progress: task.progress, signal });
    } finally {
      source.close();
    }
    return withTocFindings(task.source, sink.end());
  } finally {
    decoder.close();
  }
}

interface PoolOptions {
  readonly progress: BigInt64Array | null;
  readonly signal: AbortSignal;
}

async function readInPool(
  source: OpenBytes,
  sink: LayerSink,
  decoder: PooledDecoder,
  { progress, signal }: PoolOptions,
): Promise<void> {
  let chunk = new Uint8Array(CHUNK_BYTES);
  let next = new Uint8Array(CHUNK_BYTES);
  let count = source.read(chunk, 0);
  for (let position = count; count > 0; ) {
    const steps = sink.writing(chunk.subarray(0, count));
    let nextCount: number | null = null;
    while (!steps.next().done) {
      nextCount ??= source.read(next, position);
      await decoder.ready();
      signal.throwIfAborted();
    }
    if (progress !== null) Atomics.add(progress, 0, BigInt(count));
    count = nextCount ?? source.read(next, position);
    position += count;
    [chunk, next] = [next, chunk];
  }
}

/** Returns whether the thread pool can decompress a layer, and that is worth it. */
export function canIndexInPool({ compression, accessPoints, source }: LayerTask): boolean {
  // A smaller blob is decompressed at once; access points are found by a decoder of their own.
  return isPooled(compression) && source.size > CHUNK_BYTES && accessPoints !== true;
}

function isPooled(compression: Compression | null): compression is 'gzip' | 'zstd' {
  if (compression === 'gzip') return canUsePool('deflate');
  return compression === 'zstd' && canUsePool('zstd');
}
