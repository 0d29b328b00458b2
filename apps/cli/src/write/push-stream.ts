/** A stream with two ends: chunks are pushed into one and read from the other, one at a time. */
export interface PushStream {
  /** Resolves when the reader is done with the chunk; rejects after the reader has stopped. */
  push(chunk: Uint8Array): Promise<void>;
  /** Ends the stream, with an error if there is one. */
  end(error?: unknown): void;
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  /** Rejects pending and later chunks. Needed where the generator never started: its `finally` does not run then. */
  stop(): void;
}

interface Waiting {
  readonly chunk: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Connects one writer that pushes with one reader that pulls, without a buffer. */
export function createPushStream(): PushStream {
  let waiting: Waiting | null = null;
  let ended: { readonly error: unknown } | null = null;
  let closed = false;
  let wake = () => {};
  const stop = () => {
    closed = true;
    waiting?.reject(new Error('the reader has stopped'));
    waiting = null;
  };

  async function* take(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        if (waiting !== null) {
          const { chunk, resolve } = waiting;
          yield chunk;
          waiting = null;
          resolve();
        } else if (ended !== null) {
          if (ended.error !== undefined) throw ended.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      stop();
    }
  }

  return {
    push: (chunk) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the reader has stopped'));
        waiting = { chunk, resolve, reject };
        wake();
      }),
    end(error) {
      ended = { error };
      wake();
    },
    chunks: take(),
    stop,
  };
}
