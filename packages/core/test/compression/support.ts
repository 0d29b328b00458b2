import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { isLayersError } from '@layers/errors';
import type { Inflater } from '../../src/compression/inflater.ts';

/** Text-like data that compresses about four times, the same on every run. */
export function sample(bytes: number, seed = 1): Uint8Array {
  const out = new Uint8Array(bytes);
  let state = seed;
  for (let at = 0; at < bytes; ) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const from = state % (at + 1);
    const length = 1 + ((state >>> 8) % 24);
    if (at > 64 && (state & 0x4000) !== 0) {
      for (let n = 0; n < length && at < bytes; n++) out[at++] = out[from + n] ?? 0;
    } else out[at++] = state >>> 24;
  }
  return out;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export const gzip = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));

/** Returns the output of a tool for `input`; null where it is not installed. */
export function tool(command: string, args: readonly string[], input: Uint8Array): Uint8Array | null {
  const { status, stdout, error, stderr } = spawnSync(command, args, { input, maxBuffer: 2 ** 29 });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return null;
  if (status !== 0) throw new Error(`${command}: ${stderr.toString()}`);
  return new Uint8Array(stdout);
}

/** Runs an installed tool. */
export function made(command: string, args: readonly string[], input: Uint8Array): Uint8Array {
  const output = tool(command, args, input);
  if (output === null) throw new Error(`${command} is not installed`);
  return output;
}

export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Returns the whole output of an inflater. Each chunk is a Buffer that is overwritten after it was pushed. */
export function inflateAll(inflater: Inflater, chunks: Iterable<Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const keep = (bytes: Uint8Array) => {
    if (bytes.length > 256 * 1024) throw new Error('a piece of more than 256 KiB');
    parts.push(bytes.slice());
  };
  try {
    for (const chunk of chunks) {
      const reused = Buffer.from(chunk);
      inflater.push(reused, keep);
      reused.fill(0xee);
    }
    inflater.finish(keep);
  } finally {
    inflater.close();
  }
  return concat(...parts);
}

/** Returns the code of the LayersError that `run` throws, or null. Throws other errors. */
export function codeOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (isLayersError(error)) return error.code;
    throw error;
  }
}

export async function* streamOf(bytes: Uint8Array, size = 4096): AsyncGenerator<Uint8Array> {
  for (const chunk of chunksOf(bytes, size)) {
    const reused = Buffer.from(chunk);
    yield reused;
    reused.fill(0xee);
  }
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const bytes of stream) parts.push(bytes.slice());
  return concat(...parts);
}

export async function codeOfAsync(run: () => Promise<unknown>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (isLayersError(error)) return error.code;
    throw error;
  }
}

/** Returns the largest growth of resident memory in bytes, measured whenever `run` calls its argument. */
export function growth(run: (look: () => void) => void): number {
  const before = process.memoryUsage.rss();
  let most = before;
  run(() => {
    most = Math.max(most, process.memoryUsage.rss());
  });
  return most - before;
}
