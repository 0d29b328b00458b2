import { Yielder } from './yielder.js';

const BUFFER_BYTES = 1024 * 1024;
/** The size of the first buffer: many files are small, and memory must be cleared. */
const FIRST_BYTES = 16 * 1024;

/** Buffers of writers that are done. The system clears new memory, which takes longer than to fill it. */
const free: Uint8Array[] = [];
/** More are left to the garbage collector. */
const MAX_FREE = 8;

/** Collects chunks of any size into large ones. */
export interface BufferedWriter {
  /** Writes a chunk. Once this resolves, the caller may use its memory again. */
  write(chunk: Uint8Array): Promise<void>;
  /** Passes on what is buffered, and resolves when all of it is written. More may be written afterwards. */
  flush(): Promise<void>;
}

/**
 * Calls `use` with a writer that passes chunks of 1 MiB to `put`, in order and one at a time. While `put` writes one
 * chunk, the next one is filled. Lets the event loop run now and then. When the returned promise settles, no `put` is
 * running.
 *
 * @param put must not use a chunk after the promise that it returns has settled
 */
export async function withBufferedWriter<T>(
  put: (bytes: Uint8Array) => Promise<void>,
  use: (writer: BufferedWriter) => Promise<T>,
): Promise<T> {
  let buffer: Uint8Array | undefined;
  let spare: Uint8Array | undefined;
  let filled = 0;
  let running: Promise<void> = Promise.resolve();
  const yielder = new Yielder();

  const pass = async (bytes: Uint8Array): Promise<void> => {
    await running;
    running = put(bytes);
    // The next call awaits it and reports a failure; until then the rejection must not count as unhandled.
    running.catch(() => {});
    if (yielder.count(bytes.length)) await yielder.pause();
  };
  const passFilled = async (full: Uint8Array): Promise<void> => {
    const bytes = full.subarray(0, filled);
    filled = 0;
    [buffer, spare] = [spare, full];
    await pass(bytes);
  };
  const flush = async (): Promise<void> => {
    if (buffer !== undefined && filled > 0) await passFilled(buffer);
    await running;
  };
  const write = async (chunk: Uint8Array): Promise<void> => {
    for (let rest = chunk; rest.length > 0; ) {
      buffer ??= new Uint8Array(FIRST_BYTES);
      if (filled === buffer.length) buffer = enlarged(buffer);
      const part = rest.subarray(0, buffer.length - filled);
      buffer.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled === BUFFER_BYTES) await passFilled(buffer);
    }
  };
  try {
    const result = await use({ write, flush });
    await flush();
    return result;
  } finally {
    await running.catch(() => {});
    for (const used of [buffer, spare]) {
      if (used?.length === BUFFER_BYTES && free.length < MAX_FREE) free.push(used);
    }
  }
}

function enlarged(buffer: Uint8Array): Uint8Array {
  const larger = free.pop() ?? new Uint8Array(BUFFER_BYTES);
  larger.set(buffer);
  return larger;
}
