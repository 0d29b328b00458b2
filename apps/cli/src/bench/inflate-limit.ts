import * as zlib from 'node:zlib';
import { bestRate } from './best-rate.js';
import type { Blob } from './blobs.js';
import type { Limit } from './stage.js';

const SAMPLE_BYTES = 4 * 1024 * 1024;
const LEAST_SAMPLE_BYTES = 16;
/** The most bytes that a sample may inflate to: a hostile blob expands without end. */
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;

/**
 * Measures inflating the first 4 MiB of a blob in memory, by one call of Node. Returns null if Node does not support
 * the format or rejects the bytes.
 */
export function inflateLimit({ source, compression }: Blob, maxSeconds: number): Limit | null {
  const inflate = inflaterOf(compression);
  if (inflate === null) return null;
  for (
    let sample = sampleOf(source);
    sample.length > LEAST_SAMPLE_BYTES;
    sample = sample.subarray(0, sample.length / 4)
  ) {
    try {
      const bytesPerSecond = bestRate(() => inflate(sample), maxSeconds);
      if (bytesPerSecond > 0) return { name: 'inflate-in-memory', bytesPerSecond };
    } catch {
      // It expands too far, or Node rejects it in this form; a shorter part may work.
    }
  }
  return null;
}

/** Inflates bytes that may be truncated. Returns the inflated size. */
type Inflate = (bytes: Uint8Array) => number;

function inflaterOf(compression: Blob['compression']): Inflate | null {
  if (compression === 'gzip') {
    const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: MAX_OUTPUT_BYTES };
    return (bytes) => zlib.gunzipSync(bytes, options).length;
  }
  // Since Node 22.15; the installed types are for all supported versions.
  const decompress: unknown = Reflect.get(zlib, 'zstdDecompressSync');
  const flush: unknown = Reflect.get(zlib.constants, 'ZSTD_e_flush');
  if (compression !== 'zstd' || typeof decompress !== 'function') return null;
  return (bytes) => {
    const result: unknown = Reflect.apply(decompress, zlib, [
      bytes,
      { finishFlush: flush, maxOutputLength: MAX_OUTPUT_BYTES },
    ]);
    return result instanceof Uint8Array ? result.length : 0;
  };
}

function sampleOf(source: Blob['source']): Uint8Array {
  const sample = new Uint8Array(Math.min(SAMPLE_BYTES, source.size));
  return sample.subarray(0, source.read(sample, 0));
}
