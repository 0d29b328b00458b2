import { indexColumn, numbersColumn } from '@layers/core/rootfs';
import type { ListSource } from '../list/list-source.js';

const NO_PARENT = -1;

/** The rows of a list with groups, in columns. Each has its bytes, and a number of what it shows. */
export class Forest implements Pick<ListSource, 'endOf' | 'parentOf' | 'bytesOf' | 'count'> {
  readonly #parent;
  readonly #end;
  readonly #item;
  readonly #bytes;
  #count = 0;
  #open = NO_PARENT;

  /** @param expected makes room for so many rows */
  constructor(expected?: number) {
    this.#parent = indexColumn(expected);
    this.#end = indexColumn(expected);
    this.#item = indexColumn(expected);
    this.#bytes = numbersColumn(expected);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a row to the group that is open. */
  add(item: number, bytes: number): void {
    const row = this.#count++;
    for (const column of [this.#parent, this.#end, this.#item, this.#bytes]) column.ensure(this.#count);
    this.#parent.values[row] = this.#open;
    this.#end.values[row] = this.#count;
    this.#item.values[row] = item;
    this.#bytes.values[row] = bytes;
  }

  /** Adds a group, to which the next rows belong until it is closed. */
  open(item: number, bytes: number): void {
    this.add(item, bytes);
    this.#open = this.#count - 1;
  }

  close(): void {
    this.#end.values[this.#open] = this.#count;
    this.#open = this.parentOf(this.#open);
  }

  endOf(row: number): number {
    return this.#end.values[row] ?? row + 1;
  }

  parentOf(row: number): number {
    return this.#parent.values[row] ?? NO_PARENT;
  }

  bytesOf(row: number): number {
    return this.#bytes.values[row] ?? 0;
  }

  itemOf(row: number): number {
    return this.#item.values[row] ?? 0;
  }
}
