import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { decompressStream } from '@layers/core/compression';
import { collect } from '@layers/testing/new-images';
import { type CompressOptions, compressStream } from '../../src/compress/compress-stream.ts';

export const MIB = 1024 * 1024;

/** Yields `bytes` in chunks of these sizes, repeated. Each chunk is overwritten once the next one is requested. */
export async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let index = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = Math.max(1, sizes[index++ % sizes.length] ?? 1);
    const chunk = new Uint8Array(bytes.subarray(at, at + size));
    yield chunk;
    chunk.fill(0xee);
    at += size;
  }
}

export function compressed(
  bytes: Uint8Array,
  options: CompressOptions,
  sizes: readonly number[] = [100_000],
): Promise<Buffer> {
  return collect(compressStream(chunksOf(bytes, sizes), options));
}

export function decompressed(bytes: Uint8Array, kind: 'gzip' | 'zstd'): Promise<Buffer> {
  return collect(decompressStream(chunksOf(bytes, [65_536]), kind));
}

/** Returns bytes that compress as those of layers do: small alphabets, and near and far repeats. Deterministic. */
export function layerLike(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  const next = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  for (let at = 0; at < length; ) {
    const run = Math.min(length - at, 1 + next(200));
    const back = next(40_000);
    if (next(4) > 0 && back < at && back >= run) bytes.copyWithin(at, at - back, at - back + run);
    else for (let index = 0; index < run; index++) bytes[at + index] = 97 + next(1 + next(26));
    at += run;
  }
  return bytes;
}

export function noise(length: number): Uint8Array {
  return randomFillSync(new Uint8Array(length));
}

/** Returns what an installed program prints for `input`. Throws where the program fails. */
export function piped(tool: string, args: readonly string[], input: Uint8Array): Buffer {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { input, maxBuffer: 256 * MIB });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${tool} ended with ${status}: ${stderr}`);
  return stdout;
}
