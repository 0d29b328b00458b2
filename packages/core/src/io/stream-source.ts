import type { OpenBytes, SyncByteSource } from './byte-source.js';
import { Yielder } from './yielder.js';

export const CHUNK_BYTES = 256 * 1024;

/** Reads a source from a position to its end, as `ByteSource.stream` says. */
export async function* streamSource(
  source: Pick<SyncByteSource, 'open' | 'size'>,
  start = 0,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Uint8Array> {
  const open = source.open();
  const yielder = new Yielder();
  try {
    const chunk = new Uint8Array(Math.min(chunkBytes, Math.max(1, source.size - start)));
    for (let position = start; position < source.size; ) {
      const count = open.read(chunk, position);
      if (count === 0) return;
      yield chunk.subarray(0, count);
      position += count;
      if (yielder.count(count)) await yielder.pause();
    }
  } finally {
    open.close();
  }
}

/** Reads once from a source. */
export function readOnce(source: { open(): OpenBytes }, target: Uint8Array, position: number): number {
  const open = source.open();
  try {
    return open.read(target, position);
  } finally {
    open.close();
  }
}

/** Returns all bytes of a small source; fewer where a file became shorter. */
export function readWhole(source: Pick<SyncByteSource, 'read' | 'size'>): Uint8Array {
  const bytes = new Uint8Array(source.size);
  return bytes.subarray(0, source.read(bytes, 0));
}
