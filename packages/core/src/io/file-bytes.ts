import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { SeekableBytes } from '@layers/tar';
import { reading } from './system-errors.js';
import { Yielder } from './yielder.js';

/** An open file, or a range of one, read by position. */
export interface FileBytes extends SeekableBytes {
  close(): void;
}

/** A range of bytes of a file: enough to read a layer again at any time, in any thread. */
export interface FileRange {
  readonly path: string;
  /** Position of the first byte. */
  readonly offset: number;
  /** Length in bytes. */
  readonly length: number;
}

const CHUNK_BYTES = 256 * 1024;

/** Opens a file, or a range of it in bytes. Throws ERR_LAYERS_READ, as `read` does. */
export function openFileBytes(path: string, range?: { offset: number; length: number }): FileBytes {
  const descriptor = reading(path, () => openSync(path, 'r'));
  const start = range?.offset ?? 0;
  const size = range?.length ?? reading(path, () => fstatSync(descriptor).size);
  return {
    size,
    read(target, position) {
      const wanted = target.subarray(0, Math.max(0, Math.min(target.length, size - position)));
      return reading(path, () => readFully(descriptor, wanted, start + position));
    },
    close: () => closeSync(descriptor),
  };
}

/** Opens a range of a file. Throws ERR_LAYERS_READ, as `read` does. */
export function openRange(range: FileRange): FileBytes {
  return openFileBytes(range.path, range);
}

/**
 * Fills `target` from a position of an open file, in bytes. Returns how many bytes it read: fewer than `target` holds
 * only at the end of the file. Throws the system's own errors.
 */
export function readFully(descriptor: number, target: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(descriptor, target, filled, target.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/**
 * Reads a range from its start. Chunks are views that hold until the next step. Ends early where the file is shorter.
 * Throws ERR_LAYERS_READ.
 */
export async function* rangeChunks(range: FileRange, chunkBytes = CHUNK_BYTES): AsyncGenerator<Uint8Array> {
  const source = openRange(range);
  const yielder = new Yielder();
  try {
    const chunk = new Uint8Array(Math.min(chunkBytes, Math.max(1, range.length)));
    for (let position = 0; position < range.length; ) {
      const count = source.read(chunk, position);
      if (count === 0) return;
      yield chunk.subarray(0, count);
      position += count;
      if (yielder.count(count)) await yielder.pause();
    }
  } finally {
    source.close();
  }
}
