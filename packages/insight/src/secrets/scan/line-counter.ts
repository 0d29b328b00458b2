const NEWLINE = 0x0a;
/** As git decides: a content with a zero among its first bytes is binary. */
const LOOKED_AT_BYTES = 8000;

/** Counts the lines of a content that arrives in pieces. Binary contents have none. */
export class LineCounter {
  #isText = true;
  /** The line of the first byte at hand. */
  #line = 1;

  start(): void {
    this.#isText = true;
    this.#line = 1;
  }

  /** Decides by the first bytes of a content whether it is text. */
  look(bytes: Uint8Array): void {
    this.#isText = !bytes.subarray(0, LOOKED_AT_BYTES).includes(0);
  }

  /** Ends the counting: the positions of lines are not known any more. */
  stop(): void {
    this.#isText = false;
  }

  /** Returns the line of the byte at a position of the bytes at hand; null in a binary content. */
  at(bytes: Uint8Array, position: number): number | null {
    return this.#isText ? this.#line + newlines(bytes, position) : null;
  }

  /** Passes over the first bytes at hand. */
  pass(bytes: Uint8Array, count: number): void {
    if (this.#isText) this.#line += newlines(bytes, count);
  }
}

function newlines(bytes: Uint8Array, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
