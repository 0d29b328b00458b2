import type { Format } from '../lines/format.js';
import { fitLine, type Line, restyled, span } from '../lines/line.js';
import { movedRow } from '../lines/moved-row.js';
import { scrollBy, scrollTo } from '../lines/scroll.js';
import { type MouseInput, wheelRows } from '../views/mouse.js';

/** The title, and the titles of the columns. */
const TITLE_ROWS = 2;

/** A list of which the user chooses a row. Its texts are safe to show. */
export class ListChooser {
  readonly #title: string;
  readonly #header: string;
  readonly #rows: readonly string[];
  readonly #format: Format;
  #row = 0;
  #top = 0;
  #height = 1;
  #message = '';

  constructor(title: string, header: string, rows: readonly string[], format: Format) {
    this.#title = title;
    this.#header = header;
    this.#rows = rows;
    this.#format = format;
  }

  /** The position of the selected row. */
  get row(): number {
    return this.#row;
  }

  /** Handles a key; returns what the user wants. */
  update(key: string): 'choose' | 'quit' | 'interrupt' | 'suspend' | null {
    this.#message = '';
    const row = movedRow(key, this.#row, this.#height, this.#rows.length);
    if (row !== null) this.#row = Math.max(0, Math.min(row, this.#rows.length - 1));
    else if (key === 'enter' || key === ' ' || key === 'right' || key === 'l') return 'choose';
    else if (key === 'q' || key === 'escape') return 'quit';
    else if (key === 'ctrl-c') return 'interrupt';
    else if (key === 'ctrl-z') return 'suspend';
    return null;
  }

  /** Handles the mouse: selects a row, or chooses it with a double click. */
  mouse(input: MouseInput): 'choose' | null {
    const rows = wheelRows(input);
    if (rows !== 0) {
      const { top, cursor } = scrollBy(rows, this.#row, this.#top, this.#height, this.#rows.length);
      this.#top = top;
      this.#row = cursor;
      return null;
    }
    const row = this.#top + input.row - TITLE_ROWS;
    if (input.row < TITLE_ROWS || row >= Math.min(this.#rows.length, this.#top + this.#height)) return null;
    const isSame = row === this.#row;
    this.#row = row;
    return isSame && input.kind === 'double-click' ? 'choose' : null;
  }

  /** Shows why the selected row cannot be chosen. */
  showMessage(text: string): void {
    this.#message = text;
  }

  /** Returns the lines of a screen. */
  frame(width: number, height: number): Line[] {
    const fitted = (text: string, style: Parameters<typeof span>[1] = 'plain'): Line =>
      fitLine([span(text, style)], width, this.#format);
    this.#height = Math.max(1, height - 3);
    this.#top = scrollTo(this.#row, this.#top, this.#height, this.#rows.length);
    const lines = [fitted(` ${this.#title}`, 'title'), fitted(`  ${this.#header}`, 'dim')];
    for (let i = 0; i < this.#height; i++) {
      const row = this.#top + i;
      const isSelected = row === this.#row;
      const line = fitted(`${isSelected ? '>' : ' '} ${this.#rows[row] ?? ''}`);
      lines.push(isSelected ? restyled(line, 'selected') : line);
    }
    lines.push(
      this.#message === '' ? fitted('Enter explores  q quits', 'dim') : fitted(this.#message, 'error'),
    );
    return lines.slice(0, Math.max(1, height));
  }
}
