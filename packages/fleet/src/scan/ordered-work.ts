/** Work that runs at once, whose results are taken in the order in which it was started. */
export class OrderedWork<Result> {
  readonly #most: number;
  readonly #running: Running[] = [];

  /** @param most how much work is started before the first result is taken */
  constructor(most: number) {
    this.#most = most;
  }

  /** Waits until no work holds one of these claims. Throws what the work throws. */
  async waitFor(claims: readonly string[]): Promise<void> {
    while (this.#running.some((each) => claims.some((claim) => each.claims.has(claim))))
      await this.#takeFirst();
  }

  /** Starts work as soon as there is room for it. Throws what earlier work throws. */
  async start(
    claims: readonly string[],
    work: () => Promise<Result>,
    take: (result: Result) => Promise<void>,
  ): Promise<void> {
    while (this.#running.length >= this.#most) await this.#takeFirst();
    const result = work();
    // It is handled where the result is taken, which may be later.
    result.catch(() => undefined);
    this.#running.push({ claims: new Set(claims), take: async () => take(await result), after: [] });
  }

  /** Calls a function once the results of all work so far are taken. */
  async afterAll(call: () => Promise<void>): Promise<void> {
    const last = this.#running.at(-1);
    if (last === undefined) await call();
    else last.after.push(call);
  }

  /** Takes all results. */
  async finish(): Promise<void> {
    while (this.#running.length > 0) await this.#takeFirst();
  }

  async #takeFirst(): Promise<void> {
    const first = this.#running.shift();
    if (first === undefined) return;
    await first.take();
    for (const call of first.after) await call();
  }
}

interface Running {
  readonly claims: ReadonlySet<string>;
  readonly take: () => Promise<void>;
  readonly after: (() => Promise<void>)[];
}
