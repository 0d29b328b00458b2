/** Which rows are expanded, and which of them only while something is searched. */
export class Expansion {
  #flags: Uint8Array;
  /** The rows that a search expanded, and that it collapses when it goes elsewhere. */
  #passing: readonly number[] = [];

  constructor(count: number) {
    this.#flags = new Uint8Array(count);
  }

  /** 1 for each row that is expanded. */
  get flags(): Uint8Array {
    return this.#flags;
  }

  has(row: number): boolean {
    return this.#flags[row] === 1;
  }

  toggle(row: number): void {
    this.#flags[row] = this.has(row) ? 0 : 1;
  }

  setAll(isExpanded: boolean): void {
    this.#passing = [];
    this.#flags.fill(isExpanded ? 1 : 0);
  }

  /** Makes room for more rows. */
  grow(count: number): void {
    const flags = new Uint8Array(count);
    flags.set(this.#flags);
    this.#flags = flags;
  }

  copy(): Uint8Array {
    return this.#flags.slice();
  }

  /** Expands what was expanded when a copy was made. */
  restore(copy: Uint8Array): void {
    this.setAll(false);
    this.#flags.set(copy);
  }

  /** Leaves expanded what a search expanded. */
  keep(): void {
    this.#passing = [];
  }

  /**
   * Expands what contains a row, and collapses what the search expanded before.
   *
   * @param parentOf returns what contains a row; -1 for nothing
   * @param isPassing whether the next row may collapse it again
   * @returns whether other rows are expanded
   */
  reveal(row: number, parentOf: (row: number) => number, isPassing: boolean): boolean {
    const before = this.#passing;
    for (const at of before) this.#flags[at] = 0;
    const opened: number[] = [];
    for (let at = parentOf(row); at !== -1; at = parentOf(at)) {
      if (!this.has(at)) opened.push(at);
      this.#flags[at] = 1;
    }
    this.#passing = isPassing ? opened : [];
    return opened.length !== before.length || opened.some((at, i) => at !== before[i]);
  }
}
