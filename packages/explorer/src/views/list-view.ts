import { NONE, nodePath } from '@layers/core/rootfs';
import { counted } from '../lines/counted.js';
import { fitLine, type Line, span } from '../lines/line.js';
import { movedRow } from '../lines/moved-row.js';
import { isAtListArrow, listLines } from '../list/list-lines.js';
import { isGroup, type ListRows, type ListSource, type ListTarget } from '../list/list-source.js';
import { ListState } from '../list/list-state.js';
import { wrapLines } from '../panes/details.js';
import { contentOf, localName } from '../state/selection.js';
import { NO_FILTER } from '../tree/filter.js';
import { differenceOf } from './file-versions.js';
import { type Explored, goTo, layerText } from './go-to.js';
import { readList, seenList } from './list-reading.js';
import { type MouseInput, wheelRows } from './mouse.js';
import { askFilter, askLine, askSearch, searchNote } from './questions.js';
import type { Reading } from './reading.js';
import type { Seen } from './seen.js';
import { TextView } from './text-view.js';
import { type Action, CLOSE, DONE, say, type View } from './view.js';

const ROW_KEYS: ReadonlySet<string> = new Set(['enter', 'i', 'o', 'O', 'v', 'd', 'w', 'y']);

/** The titles of the columns. */
const TITLE_ROWS = 1;

/** A list on the whole screen. Its rows are made while it is shown. */
export class ListView implements View {
  readonly hints = [
    ...['? help', 'q back', 'Enter go to it', '/ search', 'f filter', 's sort', 'w write', 'i all about it'],
    ...['Space expand', 'o stored by', 'O ended by', 'v view', 'd difference', 'J export'],
  ];
  readonly #name: string;
  readonly #explored: Explored;
  #building: Generator<undefined, ListSource> | null = null;
  #state: ListState | null = null;
  #width = 80;

  /** @param name is shown while the rows are made; it is safe to show */
  constructor(name: string, rows: ListRows, explored: Explored) {
    this.#name = name;
    if ('count' in rows) this.#state = new ListState(rows);
    else this.#building = rows;
    this.#explored = explored;
  }

  /** The rows with the cursor; null while they are made. */
  get state(): ListState | null {
    return this.#state;
  }

  title(): string {
    const state = this.#state;
    if (state === null) return this.#name;
    const { filter, arranged, source, isWorking, order } = state;
    const parts = [source.title];
    if (order !== source.orders[0]) parts.push(`by ${order.name}`);
    if (filter.text !== '' && arranged?.filter === filter)
      parts.push(
        `filter ${this.#explored.format.text(filter.text)}: ${counted(arranged.count, 'row')}, ${this.#explored.format.bytes(arranged.bytes)}`,
      );
    if (isWorking) parts.push(this.#explored.format.unicode ? '…' : '...');
    return parts.join('  ');
  }

  note(): string | null {
    const found = this.#state?.found ?? null;
    return searchNote(found, this.#explored.format.text(found?.word ?? ''));
  }

  work(isOver: () => boolean): boolean {
    while (this.#building !== null) {
      const step = this.#building.next();
      if (step.done === true) {
        this.#building = null;
        this.#state = new ListState(step.value);
      }
      if (isOver()) return false;
    }
    return this.#state?.work(isOver) ?? true;
  }

  frame(width: number, height: number): Line[] {
    this.#width = width;
    const state = this.#state;
    if (state === null)
      return Array.from({ length: height }, () => fitLine([span('')], width, this.#explored.format));
    state.setHeight(height - 1);
    return listLines(state, width, height, this.#explored.format);
  }

  update(key: string): Action | null {
    const state = this.#state;
    if (key === 'q' || state === null) return key === 'q' || key === 'escape' ? CLOSE : DONE;
    if (key === 'escape') {
      if (state.filter.text === '' && state.found === null) return CLOSE;
      state.clearSearch();
      state.setFilter(NO_FILTER);
      return DONE;
    }
    const at = movedRow(key, state.at, state.height, state.visible.length);
    if (at !== null) {
      state.moveTo(at);
      return DONE;
    }
    const { row } = state;
    return this.#listKey(state, key) ?? (row === NONE ? this.#noRow(key) : this.#rowKey(state, row, key));
  }

  mouse(input: MouseInput): Action | null {
    const state = this.#state;
    if (state === null) return null;
    const rows = wheelRows(input);
    if (rows !== 0) {
      state.scrollBy(rows);
      return DONE;
    }
    const at = state.top + input.row - TITLE_ROWS;
    const row = input.row < TITLE_ROWS ? undefined : state.visible[at];
    if (row === undefined || at >= state.top + state.height) return null;
    const isOnCursor = at === state.at;
    state.moveTo(at);
    if (isAtListArrow(state.source, row, input.column, this.#width)) return this.update(' ');
    return input.kind === 'double-click' && isOnCursor ? this.update('enter') : DONE;
  }

  read(): Reading {
    return readList(this.#name, this.#state);
  }

  seen(): Seen {
    return seenList(this.#name, this.#state, this.#explored);
  }

  #listKey(state: ListState, key: string): Action | null {
    switch (key) {
      case ' ':
        state.toggle();
        return DONE;
      case 'right':
      case 'l':
        state.enter();
        return DONE;
      case 'left':
      case 'h':
        state.leave();
        return DONE;
      case 'E':
      case 'C':
        state.setAllExpanded(key === 'E');
        return DONE;
      case 's':
        return say(`sorted by ${state.nextOrder()}`);
      case 'f':
      case 'ctrl-f':
        return this.#askFilter(state);
      case '/':
        return askSearch(state);
      case 'n':
      case 'N':
        return state.nextMatch(key === 'n' ? 1 : -1) ? DONE : say('no match: / searches');
      default:
        return null;
    }
  }

  #askFilter(state: ListState): Action {
    const { row, filter } = state;
    return askFilter(
      {
        filter,
        set: (next) => state.setFilter(next),
        reset: (before) => state.setFilter(before, row),
        refusalOf: ({ from, marks }) => {
          if (from > 0) return 'own is for the tree';
          if (marks === null || state.source.marksOf !== undefined) return null;
          return '+ ~ - = are for the tree and the list of files';
        },
      },
      this.#explored.image.layers,
    );
  }

  #noRow(key: string): Action | null {
    return ROW_KEYS.has(key) ? say('no row is selected') : null;
  }

  #rowKey(state: ListState, row: number, key: string): Action | null {
    const { source } = state;
    const target = source.targetOf(row);
    switch (key) {
      case 'enter':
        if (target !== null) return goTo(this.#explored, target.layer, target.node);
        if (!isGroup(source, row)) return this.#showRow(source, row);
        state.toggle();
        return DONE;
      case 'i':
        return this.#showRow(source, row);
      case 'o':
        if (target === null || target.layer === null) return say('this row is of no layer');
        return this.#goTo(target, target.layer, 'stored');
      case 'O':
        if (target === null || target.endedBy === null) return say('no layer replaced or deleted it');
        return this.#goTo(target, target.endedBy, target.ending);
      case 'v':
      case 'd':
      case 'w':
      case 'y':
        return this.#pathKey(target, key);
      default:
        return null;
    }
  }

  #goTo({ node }: ListTarget, layer: number, what: string): Action {
    return goTo(this.#explored, layer, node, `${what} by ${layerText(this.#explored, layer)}`);
  }

  #pathKey(target: ListTarget | null, key: 'v' | 'd' | 'w' | 'y'): Action {
    const { index, image, format } = this.#explored;
    const node = target?.node ?? null;
    if (target === null || node === null) return say('this row has no path');
    if (key === 'y')
      return { kind: 'copy', text: Buffer.from(nodePath(index.events.union, node)).toString('utf8') };
    const layer = target.layer ?? index.layers.length - 1;
    const range = { from: layer, to: layer, marks: true };
    const place = contentOf(index, node, range);
    if (place === null) return say('not a file: Enter goes to it');
    if (key === 'w')
      return askLine('write to: ', localName(place.path), (to) => ({ kind: 'save', place, to }));
    const difference = differenceOf(image, index, node, range, format);
    if (key === 'v') return { kind: 'view', place, difference };
    return difference ?? say('there is no earlier version of this file');
  }

  #showRow(source: ListSource, row: number): Action {
    const lines = wrapLines(source.about(row), Math.max(20, this.#width - 4), this.#explored.format);
    const text = `${lines.join('\n')}\n`;
    return { kind: 'open', view: new TextView(this.#name, Buffer.from(text), this.#explored.format) };
  }
}
