/** A stream with two ends: what is pushed into one is taken out of the other, a chunk at a time. */
export interface Pushed {
  /** Resolves when whoever takes is done with the chunk; rejects where nobody takes any more. */
  push(chunk: Uint8Array): Promise<void>;
  /** To be called once there is no more to push, with the error if that is why. */
  end(error?: unknown): void;
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  /** To be called where nobody takes any more: a generator that was never begun does not hear of its end. */
  refuse(): void;
}

interface Waiting {
  readonly chunk: Uint8Array;
  readonly taken: () => void;
  readonly refused: (error: unknown) => void;
}

/** Joins a writer that pushes to a reader that pulls, with nothing held between them. One writer, one reader. */
export function pushed(): Pushed {
  let waiting: Waiting | null = null;
  let ended: { readonly error: unknown } | null = null;
  let closed = false;
  let wake = () => {};
  const refuse = () => {
    closed = true;
    waiting?.refused(new Error('nobody reads what is written'));
    waiting = null;
  };

  async function* take(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        if (waiting !== null) {
          const { chunk, taken } = waiting;
          yield chunk;
          waiting = null;
          taken();
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
      refuse();
    }
  }

  return {
    push: (chunk) =>
      new Promise((taken, refused) => {
        if (closed) return refused(new Error('nobody reads what is written'));
        waiting = { chunk, taken, refused };
        wake();
      }),
    end(error) {
      ended = { error };
      wake();
    },
    chunks: take(),
    refuse,
  };
}
