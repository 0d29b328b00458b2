/** Chunks of which the first is read at once, before they are needed. Either `chunks` is read, or `close` is called. */
export class EarlyChunks {
  readonly #rest: AsyncIterator<Uint8Array>;
  readonly #first: Promise<IteratorResult<Uint8Array>>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#rest = source[Symbol.asyncIterator]();
    this.#first = this.#rest.next();
    // Whoever reads the chunks gets the error.
    this.#first.catch(() => {});
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (let next = await this.#first; next.done !== true; next = await this.#rest.next()) yield next.value;
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#rest.return?.();
  }
}
