import { type GoString, goString, textOf } from './go-string.js';
import type { GoValue } from './value.js';

/** Fields whose values are computed when a template asks for them: most templates need few of many. */
export class LazyFields implements ReadonlyMap<GoString, GoValue> {
  readonly #names: () => Iterable<string>;
  readonly #has: (name: string) => boolean;
  readonly #value: (name: string) => GoValue;

  /**
   * @param source `has` and `value` get names as text. `names` are those that are listed where all fields are; there may be
   *   more
   */
  constructor(source: {
    readonly names: () => Iterable<string>;
    readonly has: (name: string) => boolean;
    readonly value: (name: string) => GoValue;
  }) {
    this.#names = source.names;
    this.#has = source.has;
    this.#value = source.value;
  }

  get size(): number {
    return [...this.#names()].length;
  }

  has(key: GoString): boolean {
    return this.#has(textOf(key));
  }

  get(key: GoString): GoValue {
    const name = textOf(key);
    return this.#has(name) ? this.#value(name) : undefined;
  }

  *keys(): MapIterator<GoString> {
    for (const name of this.#names()) yield goString(name);
  }

  *values(): MapIterator<GoValue> {
    for (const name of this.#names()) yield this.#value(name);
  }

  *entries(): MapIterator<[GoString, GoValue]> {
    for (const name of this.#names()) yield [goString(name), this.#value(name)];
  }

  [Symbol.iterator](): MapIterator<[GoString, GoValue]> {
    return this.entries();
  }

  forEach(callback: (value: GoValue, key: GoString, map: ReadonlyMap<GoString, GoValue>) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }
}
