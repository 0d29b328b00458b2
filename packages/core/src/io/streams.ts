/** The first bytes of a stream, and a stream of all its bytes. */
export interface PeekedStream {
  /** At least as many bytes as were asked for, or all of a shorter stream. */
  readonly head: Uint8Array;
  /** The stream from its first byte, `head` included. Can be read once. */
  readonly chunks: AsyncGenerator<Uint8Array>;
}

/** Reads at least the first `bytes` bytes of a stream, and returns them with a stream that still has them. */
export async function peekStream(stream: AsyncIterable<Uint8Array>, bytes: number): Promise<PeekedStream> {
  const source = stream[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  for (let length = 0; length < bytes; ) {
    const next = await source.next();
    if (next.done === true) break;
    // The source may use the memory of a chunk again.
    pieces.push(new Uint8Array(next.value));
    length += next.value.length;
  }
  const head = Buffer.concat(pieces);
  return { head, chunks: joined(head, source) };
}

/** Returns the first `bytes` bytes of a stream, or all of a shorter one, and closes the stream. */
export async function readHead(stream: AsyncIterable<Uint8Array>, bytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    pieces.push(new Uint8Array(chunk.subarray(0, bytes - length)));
    length += chunk.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(pieces);
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
