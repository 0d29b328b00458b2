import { setImmediate } from 'node:timers/promises';

const GATHER_BYTES = 1024 * 1024;
const TURN_BYTES = 4 * 1024 * 1024;

/** Takes chunks of any size and hands them on as large ones. */
export interface BufferedWriter {
  /** Takes the next bytes; once this resolves, the caller may use their memory for something else. */
  write(chunk: Uint8Array): Promise<void>;
  /** Hands on what is left, and resolves when all is done with. More may be written afterwards. */
  flush(): Promise<void>;
}

/**
 * Has `use` write through a gatherer, whose pieces of 1 MiB go to `put`, in order and one at a time. While `put` works
 * on one piece, the next is gathered. Every few MiB other work gets its turn, so that signals are heard. When this
 * resolves or rejects, no `put` is at work any more.
 *
 * @param put is done with the memory of a piece when what it returns resolves
 */
export async function withBufferedWriter<T>(
  put: (bytes: Uint8Array) => Promise<void>,
  use: (gatherer: BufferedWriter) => Promise<T>,
): Promise<T> {
  let buffer: Uint8Array | undefined;
  let spare: Uint8Array | undefined;
  let filled = 0;
  let sinceTurn = 0;
  let atWork: Promise<void> = Promise.resolve();

  const handOn = async (bytes: Uint8Array): Promise<void> => {
    await atWork;
    atWork = put(bytes);
    // Whoever awaits it next is told; until then a failure is nobody's rejection.
    atWork.catch(() => {});
    sinceTurn += bytes.length;
    if (sinceTurn < TURN_BYTES) return;
    sinceTurn = 0;
    await setImmediate();
  };
  const handOnFilled = async (full: Uint8Array): Promise<void> => {
    const bytes = full.subarray(0, filled);
    filled = 0;
    [buffer, spare] = [spare, full];
    await handOn(bytes);
  };
  const flush = async (): Promise<void> => {
    if (buffer !== undefined && filled > 0) await handOnFilled(buffer);
    await atWork;
  };
  const write = async (chunk: Uint8Array): Promise<void> => {
    for (let rest = chunk; rest.length > 0; ) {
      buffer ??= new Uint8Array(GATHER_BYTES);
      const fitting = rest.subarray(0, buffer.length - filled);
      buffer.set(fitting, filled);
      filled += fitting.length;
      rest = rest.subarray(fitting.length);
      if (filled === buffer.length) await handOnFilled(buffer);
    }
  };
  try {
    const result = await use({ write, flush });
    await flush();
    return result;
  } finally {
    await atWork.catch(() => {});
  }
}
