import type { Format } from '../lines/format.js';
import { fitLine, type Line, restyled, span } from '../lines/line.js';
import { movedRow } from '../lines/moved-row.js';
import { scrollBy, scrollTo } from '../lines/scroll.js';
import { type MouseInput, wheelRows } from '../views/mouse.js';
import { Prompt } from '../views/prompt.js';
import type { Spoken } from './read-explorer.js';

/** The title, and the titles of the columns. */
const TITLE_ROWS = 2;

/** What the user wants after a key. */
export type Choice = 'choose' | 'quit' | 'interrupt' | 'suspend' | null;

/** A list of which the user chooses a row. Its texts are safe to show. */
export class ListChooser {
  readonly #title: string;
  readonly #header: string;
  readonly #rows: readonly string[];
  readonly #format: Format;
  /** The positions of the rows that contain what is searched. */
  #shown: readonly number[];
  #prompt: Prompt | null = null;
  #word = '';
  #at = 0;
  #top = 0;
  #height = 1;
  #message = '';

  constructor(title: string, header: string, rows: readonly string[], format: Format) {
    this.#title = title;
    this.#header = header;
    this.#rows = rows;
    this.#format = format;
    this.#shown = [...rows.keys()];
  }

  /** The position of the selected row; -1 where none is shown. */
  get row(): number {
    return this.#shown[this.#at] ?? -1;
  }

  /** Handles a key; returns what the user wants. */
  update(key: string): Choice {
    this.#message = '';
    if (key === 'ctrl-c') return 'interrupt';
    if (key === 'ctrl-z') return 'suspend';
    if (this.#prompt !== null && key !== 'up' && key !== 'down') return this.#type(this.#prompt, key);
    const at = movedRow(key, this.#at, this.#height, this.#shown.length);
    if (at !== null) this.#at = Math.max(0, Math.min(at, this.#shown.length - 1));
    else if (key === 'enter' || key === ' ' || key === 'right' || key === 'l') return this.#chosen();
    else if (key === '/') this.#prompt = new Prompt('/', this.#word);
    else if (key === 'escape' && this.#word !== '') this.#search('');
    else if (key === 'q' || key === 'escape') return 'quit';
    return null;
  }

  /** Handles the mouse: selects a row, or chooses it with a double click. */
  mouse(input: MouseInput): Choice {
    const rows = wheelRows(input);
    if (rows !== 0) {
      const { top, cursor } = scrollBy(rows, this.#at, this.#top, this.#height, this.#shown.length);
      this.#top = top;
      this.#at = cursor;
      return null;
    }
    const at = this.#top + input.row - TITLE_ROWS;
    if (input.row < TITLE_ROWS || at >= Math.min(this.#shown.length, this.#top + this.#height)) return null;
    const isSame = at === this.#at;
    this.#at = at;
    return isSame && input.kind === 'double-click' ? this.#chosen() : null;
  }

  /** Shows why the selected row cannot be chosen. */
  showMessage(text: string): void {
    this.#message = text;
  }

  /** Returns the lines of a screen. */
  frame(width: number, height: number): Line[] {
    const fitted = (text: string, style: Parameters<typeof span>[1] = 'plain'): Line =>
      fitLine([span(text, style)], width, this.#format);
    this.#height = Math.max(1, height - TITLE_ROWS - 1);
    this.#top = scrollTo(this.#at, this.#top, this.#height, this.#shown.length);
    const lines = [fitted(` ${this.#title}`, 'title'), fitted(`  ${this.#header}`, 'dim')];
    for (let i = 0; i < this.#height; i++) {
      const row = this.#shown[this.#top + i];
      const isSelected = row !== undefined && this.#top + i === this.#at;
      const line = fitted(`${isSelected ? '>' : ' '} ${row === undefined ? '' : (this.#rows[row] ?? '')}`);
      lines.push(isSelected ? restyled(line, 'selected') : line);
    }
    lines.push(this.#lastLine(fitted));
    return lines.slice(0, Math.max(1, height));
  }

  /** Returns the selected row, in words. */
  read(): Spoken {
    const found = `${this.#shown.length} found`;
    const typed = this.#prompt === null ? null : `/${this.#format.text(this.#prompt.text)}   ${found}`;
    return {
      view: this,
      heading: [this.#title, this.#header],
      row: this.#rows[this.row] ?? null,
      lines: [],
      first: null,
      note: this.#message === '' ? typed : `error: ${this.#message}`,
    };
  }

  #chosen(): Choice {
    return this.row === -1 ? null : 'choose';
  }

  #type(prompt: Prompt, key: string): Choice {
    if (key === 'enter') {
      this.#prompt = null;
      return this.#chosen();
    }
    if (key === 'escape') {
      this.#prompt = null;
      this.#search('');
    } else if (prompt.update(key)) this.#search(prompt.text);
    return null;
  }

  /** Shows the rows that contain a word, without regard to case. What is selected stays, if it is shown. */
  #search(word: string): void {
    const selected = this.row;
    this.#word = word;
    const lower = word.toLowerCase();
    this.#shown = [...this.#rows.keys()].filter((row) => this.#rows[row]?.toLowerCase().includes(lower));
    this.#at = Math.max(0, this.#shown.indexOf(selected));
  }

  #lastLine(fitted: (text: string, style?: Parameters<typeof span>[1]) => Line): Line {
    if (this.#message !== '') return fitted(this.#message, 'error');
    if (this.#prompt !== null) {
      const typed = `/${this.#format.text(this.#prompt.text)}`;
      return fitted(`${typed}_  ${this.#shown.length} found: Enter explores  Esc ends`);
    }
    const all = this.#word === '' ? '' : `  ${this.#format.text(this.#word)}: ${this.#shown.length} found`;
    return fitted(`Enter explores  / search  q quits${all}`, 'dim');
  }
}
