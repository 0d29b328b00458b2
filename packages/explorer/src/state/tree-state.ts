import { Kind, NONE, ROOT } from '@layers/core/rootfs';
import { Mark } from '../tree/changes.js';
import { Expansion } from '../tree/expansion.js';
import { type Filter, isFiltering, NO_FILTER } from '../tree/filter.js';
import type { LayerRange } from '../tree/layer-range.js';
import { SORT_ORDERS, type SortOrder } from '../tree/order.js';
import type { PathIndex } from '../tree/path-index.js';
import { collapseRow, expandRow, hasRowsBelow, makeTree, type Tree, type TreeRequest } from '../tree/tree.js';
import { firstHit, makeTreeOfHits } from '../tree/tree-of-hits.js';
import { TreeCursor } from './tree-cursor.js';
import { type Found, TreeSearch } from './tree-search.js';

const CHANGES = [Mark.added, Mark.changed, Mark.deleted];

/** What was shown before a filter. */
interface Unfiltered {
  readonly expanded: Uint8Array;
  readonly node: number;
  readonly top: number;
}

/** The tree of files with its cursor, and the work that is left to show it. */
export class TreeState {
  #index: PathIndex;
  readonly #expansion: Expansion;
  /** Whether the tree has fewer paths than the index. */
  #isOutdated = false;
  #request: TreeRequest;
  #typed: Filter = NO_FILTER;
  /** What Esc returns to from a filter; null without one. */
  #unfiltered: Unfiltered | null = null;
  /** Whether the next tree is the first one of a filter: its hits are expanded, and the cursor goes to the first. */
  #opensHits = false;
  #changesOnly = true;
  #tree: Tree | null = null;
  #work: Generator<undefined, Tree> | null = null;
  readonly #cursor = new TreeCursor();
  readonly #search = new TreeSearch();
  /** A path that must be in the next tree; NONE for any. */
  #wanted = NONE;

  constructor(index: PathIndex, range: LayerRange) {
    this.#index = index;
    this.#expansion = new Expansion(index.count);
    this.#request = { range, filter: NO_FILTER, sort: 'size', measure: 'size' };
    this.#change({});
  }

  get index(): PathIndex {
    return this.#index;
  }

  get tree(): Tree | null {
    return this.#tree;
  }

  get isWorking(): boolean {
    return this.#work !== null || this.#search.isWorking;
  }

  get request(): TreeRequest {
    return this.#request;
  }

  get filter(): Filter {
    return this.#typed;
  }

  get changesOnly(): boolean {
    return this.#changesOnly;
  }

  get row(): number {
    return this.#cursor.row;
  }

  get top(): number {
    return this.#cursor.top;
  }

  /** The node under the cursor; NONE in an empty tree. */
  get node(): number {
    return this.#tree?.rows[this.row] ?? NONE;
  }

  get found(): Found | null {
    return this.#search.found;
  }

  isExpanded(node: number): boolean {
    return this.#expansion.has(node);
  }

  isDirectory(node: number): boolean {
    if (this.index.stateIn(node, this.#request.range)?.kind === Kind.directory) return true;
    // A file may have replaced a directory with what is shown below it.
    return this.#tree !== null && hasRowsBelow(this.index, this.#tree, node);
  }

  /** Continues pending work until `isOver`, or to its end; returns whether it ended. */
  work(isOver: () => boolean): boolean {
    for (;;) {
      if (this.#work !== null) {
        const step = this.#work.next();
        if (step.done === true) this.#setTree(step.value);
      } else if (this.#search.isWorking) this.#reveal(this.#search.step(this.index, this.#tree));
      else return true;
      if (isOver()) return !this.isWorking;
    }
  }

  setHeight(height: number): void {
    this.#cursor.setHeight(height);
  }

  setRange(range: LayerRange): void {
    this.#change({ range });
  }

  /** Shows what a filter selects; without one, what was shown before it. */
  setFilter(filter: Filter): void {
    const before = this.#unfiltered ?? {
      expanded: this.#expansion.copy(),
      node: this.#cursor.node,
      top: this.#cursor.top,
    };
    this.#typed = filter;
    this.#opensHits = isFiltering(filter);
    if (this.#opensHits || this.#unfiltered !== null) this.#expansion.restore(before.expanded);
    if (!this.#opensHits && this.#unfiltered !== null) {
      this.#cursor.seek(before.node, before.top);
      this.#expansion.reveal(before.node, this.#parentOf, false);
    }
    this.#unfiltered = this.#opensHits ? before : null;
    this.#change({});
  }

  toggleChangesOnly(): void {
    this.#changesOnly = !this.#changesOnly;
    this.#change({});
  }

  /** Takes an index that continues this one with more layers. The cursor, filter, and expanded directories stay. */
  grow(index: PathIndex): void {
    this.#expansion.grow(index.count);
    this.#index = index;
    this.#isOutdated = true;
    this.#search.forget();
    this.#rebuild();
  }

  /** Switches between the sizes of files and wasted bytes; returns whether these are shown. */
  toggleWasted(): boolean {
    const measure = this.#request.measure === 'size' ? 'wasted' : 'size';
    this.#change({ measure });
    return measure === 'wasted';
  }

  nextSort(): SortOrder {
    const at = SORT_ORDERS.indexOf(this.#request.sort);
    const sort = SORT_ORDERS[(at + 1) % SORT_ORDERS.length] ?? 'size';
    this.#change({ sort });
    return sort;
  }

  moveBy(rows: number): void {
    this.moveTo(this.row + rows);
  }

  moveTo(row: number): void {
    this.#cursor.moveTo(row);
  }

  /** Scrolls; the cursor moves only where it would leave the screen. */
  scrollBy(rows: number): void {
    this.#cursor.scrollBy(rows);
  }

  get height(): number {
    return this.#cursor.height;
  }

  get count(): number {
    return this.#cursor.count;
  }

  /** Expands or collapses the directory under the cursor. */
  toggle(): void {
    const { node } = this;
    const tree = this.#tree;
    if (node === NONE || tree === null || !this.isDirectory(node)) return;
    const isExpanded = this.isExpanded(node);
    this.#expansion.toggle(node);
    if (this.#work !== null) this.#rebuild();
    else if (isExpanded) this.#setTree(collapseRow(tree, this.row));
    else this.#work = expandRow(this.index, tree, this.row, this.#expansion.flags);
  }

  /** Expands the directory under the cursor, or moves into it. */
  enter(): void {
    const { node } = this;
    if (node === NONE || !this.isDirectory(node)) return;
    if (!this.isExpanded(node)) this.toggle();
    else if ((this.#tree?.depths[this.row + 1] ?? 0) > (this.#tree?.depths[this.row] ?? 0)) this.moveBy(1);
  }

  /** Collapses the directory under the cursor, or moves to the one that contains it. */
  leave(): void {
    const { node } = this;
    if (node === NONE) return;
    if (this.isDirectory(node) && this.isExpanded(node)) {
      this.toggle();
      return;
    }
    const depth = this.#tree?.depths[this.row] ?? 0;
    let row = this.row;
    while (row > 0 && (this.#tree?.depths[row] ?? 0) >= depth) row--;
    if (depth > 0) this.moveTo(row);
  }

  setAllExpanded(isExpanded: boolean): void {
    this.#expansion.setAll(isExpanded);
    this.#rebuild();
  }

  /** Searches for a word from where the cursor is. */
  search(word: string): void {
    this.#reveal(this.#search.type(word, this.#cursor.node));
    this.#startSearch();
  }

  /** Ends typing. The cursor stays, or returns to where it was. */
  endSearch(isKept: boolean): void {
    this.#reveal(this.#search.end(isKept, this.isWorking));
    if (isKept && !this.isWorking) this.#expansion.keep();
  }

  /** Forgets the matches. */
  clearSearch(): void {
    this.#search.clear();
  }

  /** Moves to another match; returns false where there is none. */
  nextMatch(step: 1 | -1): boolean {
    const node = this.#search.next(this.index, this.#tree, this.#cursor.node, step);
    this.#reveal(node);
    return node !== NONE;
  }

  /** The directory that contains a node; -1 for the root. */
  readonly #parentOf = (node: number): number => {
    const parent = node === NONE ? ROOT : this.index.parentOf(node);
    return parent > ROOT ? parent : -1;
  };

  #startSearch(): void {
    // A new tree starts the search itself.
    if (this.#search.isWanted && this.#work === null && this.#tree !== null)
      this.#search.start(this.index, this.#tree);
  }

  /** Moves the cursor to a path; shows all files where a filter or the kind of change hides it. */
  show(node: number): void {
    this.clearSearch();
    this.#wanted = node;
    this.#opensHits = false;
    if (this.#unfiltered !== null) this.#unfiltered = { ...this.#unfiltered, node };
    this.#reveal(node);
  }

  /** Moves the cursor to a node, and expands the directories above it. */
  #reveal(node: number): void {
    if (node === NONE) return;
    this.#cursor.seek(node);
    const isOther = this.#expansion.reveal(node, this.#parentOf, this.#search.isTyping);
    if (isOther || this.#work !== null) this.#rebuild();
    else if (this.#tree !== null) this.#setTree(this.#tree);
  }

  #change(change: Partial<TreeRequest>): void {
    const next = { ...this.#request, ...change };
    const isWasted = next.measure === 'wasted';
    const limits = !isWasted && this.#typed.marks === null && this.#changesOnly && next.range.marks;
    // Wasted bytes have no kind of change.
    const marks = isWasted ? null : limits ? CHANGES : this.#typed.marks;
    const filter = marks === this.#typed.marks ? this.#typed : { ...this.#typed, marks };
    const same = filter.text === next.filter.text && filter.marks === next.filter.marks;
    this.#request = { ...next, filter: same ? next.filter : filter };
    this.#rebuild();
  }

  #rebuild(): void {
    const shown = this.#tree?.request;
    const { range, filter, sort, measure } = this.#request;
    const isSame =
      shown?.range === range && shown.filter === filter && shown.sort === sort && shown.measure === measure;
    if (isSame) this.#search.stop();
    else this.#search.forget();
    const make = this.#opensHits ? makeTreeOfHits : makeTree;
    const earlier = this.#isOutdated ? null : this.#tree;
    this.#work = make(this.index, this.#request, this.#expansion.flags, earlier);
  }

  #setTree(tree: Tree): void {
    this.#tree = tree;
    this.#work = null;
    this.#isOutdated = false;
    const wanted = this.#wanted;
    this.#wanted = NONE;
    if (wanted !== NONE && tree.totals.shown[wanted] === 0) {
      if (tree.request.measure === 'wasted') {
        this.#wanted = wanted;
        this.#change({ measure: 'size' });
        return;
      }
      if (isFiltering(tree.request.filter)) {
        this.#changesOnly = false;
        this.setFilter(NO_FILTER);
        this.#reveal(wanted);
        return;
      }
    }
    if (this.#opensHits) this.#cursor.seek(tree.rows[firstHit(tree)] ?? NONE);
    this.#opensHits = false;
    this.#cursor.setRows(tree.rows, this.#parentOf);
    this.#startSearch();
  }
}
