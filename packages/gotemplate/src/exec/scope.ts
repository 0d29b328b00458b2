import type { GoValue } from '../value.js';

/** The variables that can be seen, the last declared one first. */
export class Scope {
  readonly #names: string[] = [];
  readonly #values: GoValue[] = [];

  constructor(dot: GoValue) {
    this.declare('$', dot);
  }

  /** Returns what `release` takes to forget the variables that are declared from now on. */
  mark(): number {
    return this.#names.length;
  }

  release(mark: number): void {
    this.#names.length = mark;
    this.#values.length = mark;
  }

  declare(name: string, value: GoValue): void {
    this.#names.push(name);
    this.#values.push(value);
  }

  get(name: string): GoValue {
    return this.#values[this.#names.lastIndexOf(name)];
  }

  /** Sets a variable. Returns false where there is none of the name. */
  set(name: string, value: GoValue): boolean {
    const at = this.#names.lastIndexOf(name);
    if (at === -1) return false;
    this.#values[at] = value;
    return true;
  }
}
