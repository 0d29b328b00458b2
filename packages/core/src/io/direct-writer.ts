import { Yielder } from './yielder.js';

/** Smaller chunks are collected: TLS has records of 16 KiB, and each write costs some microseconds. */
const LARGE_BYTES = 64 * 1024;

/**
 * Calls `use` with a function that passes large chunks to `put` as they are, and small ones together. Copies large chunks
 * nowhere, and lets no other thread take them over. Lets the event loop run now and then.
 *
 * @param put must not use a chunk after it has returned
 */
export async function withDirectWriter<T>(
  put: (bytes: Uint8Array) => void,
  use: (write: (chunk: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  let buffer: Uint8Array | undefined;
  let filled = 0;
  const yielder = new Yielder();
  const flush = (): void => {
    if (buffer === undefined || filled === 0) return;
    const bytes = buffer.subarray(0, filled);
    filled = 0;
    put(bytes);
  };
  const write = async (chunk: Uint8Array): Promise<void> => {
    if (filled + chunk.length > LARGE_BYTES) flush();
    if (chunk.length >= LARGE_BYTES) put(chunk);
    else {
      // What was not filled is never read.
      buffer ??= Buffer.allocUnsafeSlow(LARGE_BYTES);
      buffer.set(chunk, filled);
      filled += chunk.length;
    }
    if (yielder.count(chunk.length)) await yielder.pause();
  };
  const result = await use(write);
  flush();
  return result;
}
