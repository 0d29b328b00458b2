import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writing } from '@layers/core/io';
import { bestRate } from './best-rate.js';
import { now } from './clock.js';
import type { Limit } from './stage.js';

/** The most bytes that the measurement of writing keeps on disk. */
export const WRITE_LIMIT_BYTES = 64 * 1024 * 1024;

const BLOCK_BYTES = 1024 * 1024;
const FILE_BYTES = 32 * 1024 * 1024;
const SLICE_FILES = 64;
const MAX_FILES = 16_384;

/** Measures writing one file in blocks of 1 MiB, to the page cache. */
export function writeLimit(folder: string, maxSeconds: number): Limit {
  const path = join(folder, 'write');
  const block = new Uint8Array(BLOCK_BYTES).fill(1);
  const bytesPerSecond = withNewFile(folder, path, (file) =>
    bestRate(() => {
      ftruncateSync(file);
      for (let at = 0; at < FILE_BYTES; at += block.length) writeSync(file, block, 0, block.length, at);
      return FILE_BYTES;
    }, maxSeconds),
  );
  return { name: 'write', bytesPerSecond };
}

/** Measures the same once, with fsync. */
export function writeFsyncLimit(folder: string): Limit {
  const block = new Uint8Array(BLOCK_BYTES).fill(1);
  const bytesPerSecond = withNewFile(folder, join(folder, 'fsync'), (file) => {
    const began = now();
    for (let at = 0; at < FILE_BYTES; at += block.length) writeSync(file, block, 0, block.length, at);
    fsyncSync(file);
    const seconds = now() - began;
    return seconds > 0 ? Math.round(FILE_BYTES / seconds) : 0;
  });
  return { name: 'write-fsync', bytesPerSecond };
}

/** Measures creating files of `bytes` each. Returns null for empty files. */
export function sameFilesLimit(folder: string, bytes: number, maxSeconds: number): Limit | null {
  if (bytes <= 0) return null;
  const block = new Uint8Array(Math.min(bytes, FILE_BYTES)).fill(1);
  const below = join(folder, 'files');
  writing(folder, () => mkdirSync(below));
  let files = 0;
  const bytesPerSecond = bestRate(() => {
    let done = 0;
    for (let i = 0; i < SLICE_FILES && (done === 0 || done + block.length <= BLOCK_BYTES * 4); i++) {
      if (files >= MAX_FILES || files * block.length >= WRITE_LIMIT_BYTES / 2) break;
      files++;
      done += withNewFile(folder, join(below, String(files)), (file) => writeSync(file, block));
    }
    return done;
  }, maxSeconds);
  return bytesPerSecond === 0 ? null : { name: 'same-files', bytesPerSecond };
}

function withNewFile(folder: string, path: string, work: (file: number) => number): number {
  return writing(folder, () => {
    const file = openSync(path, 'wx', 0o600);
    try {
      return work(file);
    } finally {
      closeSync(file);
    }
  });
}
