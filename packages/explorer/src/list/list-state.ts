import { scrollBy, scrollTo } from '../lines/scroll.js';
import { Expansion } from '../tree/expansion.js';
import { type Filter, NO_FILTER } from '../tree/filter.js';
import { type Arranged, arrange, findRows, visibleRows } from './arrange.js';
import { isGroup, type ListOrder, type ListSource } from './list-source.js';

/** No row. */
const NONE = -1;

/** A list with its cursor, and the work that is left to show it. */
export class ListState {
  readonly source: ListSource;
  readonly #expansion: Expansion;
  #filter: Filter = NO_FILTER;
  #order: ListOrder;
  #arranged: Arranged | null = null;
  #visible: Int32Array = new Int32Array(0);
  #arranging: Generator<undefined, Arranged> | null = null;
  #showing: Generator<undefined, Int32Array> | null = null;
  #searching: Generator<undefined, Int32Array> | null = null;
  /** The row under the cursor, and its position among the visible ones. */
  #row = NONE;
  #at = 0;
  #top = 0;
  #height = 1;
  #word = '';
  /** Positions among all arranged rows. */
  #matches: Int32Array | null = null;
  #match = 0;
  /** Where the search began; none where its first match is reached. */
  #origin = NONE;
  #isTyping = false;

  constructor(source: ListSource) {
    this.source = source;
    this.#expansion = new Expansion(source.count);
    [this.#order] = source.orders;
    this.#rearrange();
  }

  /** What is shown; null before the first rows are known. */
  get arranged(): Arranged | null {
    return this.#arranged;
  }

  get isWorking(): boolean {
    return this.#arranging !== null || this.#showing !== null || this.#searching !== null;
  }

  get filter(): Filter {
    return this.#filter;
  }

  get order(): ListOrder {
    return this.#order;
  }

  get visible(): Int32Array {
    return this.#visible;
  }

  /** The row under the cursor; -1 in an empty list. */
  get row(): number {
    return this.#visible[this.#at] ?? NONE;
  }

  /** The position of the cursor among the visible rows. */
  get at(): number {
    return this.#at;
  }

  get top(): number {
    return this.#top;
  }

  get height(): number {
    return this.#height;
  }

  get found(): { readonly word: string; readonly count: number; readonly position: number } | null {
    if (this.#matches === null) return null;
    return { word: this.#word, count: this.#matches.length, position: this.#match + 1 };
  }

  isExpanded(row: number): boolean {
    return this.#expansion.has(row);
  }

  /** Continues pending work until `isOver`, or to its end; returns whether it ended. */
  work(isOver: () => boolean): boolean {
    for (;;) {
      if (this.#arranging !== null) {
        const step = this.#arranging.next();
        if (step.done === true) this.#setArranged(step.value);
      } else if (this.#showing !== null) {
        const step = this.#showing.next();
        if (step.done === true) this.#setVisible(step.value);
      } else if (this.#searching !== null) {
        const step = this.#searching.next();
        if (step.done === true) this.#setMatches(step.value);
      } else return true;
      if (isOver()) return !this.isWorking;
    }
  }

  setHeight(height: number): void {
    this.#height = Math.max(1, height);
    this.#scroll();
  }

  /** Shows what a filter selects. The cursor stays, or moves to a row. */
  setFilter(filter: Filter, row = this.#row): void {
    this.#row = row;
    if (filter.text === this.#filter.text) return;
    this.#filter = filter;
    this.#rearrange();
  }

  /** Sorts by the next order; returns its name. */
  nextOrder(): string {
    const { orders } = this.source;
    this.#order = orders[(orders.indexOf(this.#order) + 1) % orders.length] ?? orders[0];
    this.#rearrange();
    return this.#order.name;
  }

  moveTo(at: number): void {
    this.#at = Math.max(0, Math.min(at, this.#visible.length - 1));
    this.#row = this.row;
    this.#scroll();
  }

  /** Scrolls; the cursor moves only where it would leave the screen. */
  scrollBy(rows: number): void {
    const { top, cursor } = scrollBy(rows, this.#at, this.#top, this.#height, this.#visible.length);
    this.#top = top;
    this.moveTo(cursor);
  }

  /** Expands or collapses the group under the cursor. */
  toggle(): void {
    const { row } = this;
    if (row === NONE || !isGroup(this.source, row)) return;
    this.#expansion.toggle(row);
    this.#showAgain();
  }

  /** Expands the group under the cursor, or moves into it. */
  enter(): void {
    const { row } = this;
    if (row === NONE || !isGroup(this.source, row)) return;
    if (this.isExpanded(row)) this.moveTo(this.#at + 1);
    else this.toggle();
  }

  /** Collapses the group under the cursor, or moves to the one that contains it. */
  leave(): void {
    const { row } = this;
    if (row === NONE) return;
    if (isGroup(this.source, row) && this.isExpanded(row)) this.toggle();
    else this.#reveal(this.source.parentOf(row));
  }

  setAllExpanded(isExpanded: boolean): void {
    this.#expansion.setAll(isExpanded);
    this.#showAgain();
  }

  /** Searches for a word from where the cursor is. */
  search(word: string): void {
    if (!this.#isTyping) this.#origin = this.#row;
    this.#isTyping = true;
    this.#word = word;
    this.#matches = null;
    this.#searching = null;
    if (word === '') this.#reveal(this.#origin);
    else this.#startSearch();
  }

  /** Ends typing. The cursor stays, or returns to where it was. */
  endSearch(isKept: boolean): void {
    const origin = this.#origin;
    this.#isTyping = false;
    // The first match may not be found yet.
    if (isKept && this.isWorking) return;
    this.#origin = NONE;
    if (isKept) this.#expansion.keep();
    else {
      this.#reveal(origin);
      this.clearSearch();
    }
  }

  /** Forgets the matches. */
  clearSearch(): void {
    this.#matches = null;
    this.#searching = null;
    this.#word = '';
  }

  /** Moves to another match; returns false where there is none. */
  nextMatch(step: 1 | -1): boolean {
    const matches = this.#matches;
    const rows = this.#arranged?.rows;
    if (matches === null || rows === undefined || matches.length === 0) return false;
    const from = rows.indexOf(this.#row);
    const at = firstFrom(matches, from);
    const next = step === 1 && matches[at] !== from ? at : at + step;
    this.#match = (next + matches.length) % matches.length;
    this.#reveal(rows[matches[this.#match] ?? 0] ?? NONE);
    return true;
  }

  #startSearch(): void {
    // New rows start the search themselves.
    if (this.#arranging === null && this.#arranged !== null)
      this.#searching = findRows(this.source, this.#arranged.rows, this.#word);
  }

  #setMatches(matches: Int32Array): void {
    const rows = this.#arranged?.rows ?? new Int32Array(0);
    this.#searching = null;
    this.#matches = matches;
    const origin = this.#origin;
    if (origin === NONE) return;
    if (!this.#isTyping) this.#origin = NONE;
    if (matches.length === 0) {
      this.#reveal(origin);
      return;
    }
    this.#match = firstFrom(matches, rows.indexOf(origin)) % matches.length;
    this.#reveal(rows[matches[this.#match] ?? 0] ?? NONE);
  }

  /** Moves the cursor to a row, and expands the groups around it. */
  #reveal(row: number): void {
    if (row === NONE) return;
    this.#row = row;
    const isOther = this.#expansion.reveal(row, (at) => this.source.parentOf(at), this.#isTyping);
    if (isOther || this.#arranging !== null || this.#showing !== null) this.#showAgain();
    else this.#findCursor();
  }

  #rearrange(): void {
    this.#searching = null;
    if (this.#word !== '') this.#matches = null;
    this.#arranging = arrange(this.source, this.#filter, this.#order);
  }

  #setArranged(arranged: Arranged): void {
    this.#arranging = null;
    this.#arranged = arranged;
    this.#showAgain();
    if (this.#word !== '' && this.#matches === null) this.#startSearch();
  }

  #showAgain(): void {
    if (this.#arranged !== null)
      this.#showing = visibleRows(this.source, this.#arranged.rows, this.#expansion.flags);
  }

  #setVisible(visible: Int32Array): void {
    this.#showing = null;
    this.#visible = visible;
    this.#findCursor();
  }

  /** Finds the row of the cursor, or the group that hides it. */
  #findCursor(): void {
    let at = NONE;
    for (let row = this.#row; row !== NONE && at === NONE; row = this.source.parentOf(row))
      at = this.#visible.indexOf(row);
    this.#at = Math.max(0, at);
    this.#row = this.row;
    this.#scroll();
  }

  #scroll(): void {
    this.#top = scrollTo(this.#at, this.#top, this.#height, this.#visible.length);
  }
}

/** Returns the position of the first match at or after a position; the number of matches if none is. */
function firstFrom(matches: Int32Array, from: number): number {
  let [low, high] = [0, matches.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((matches[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
