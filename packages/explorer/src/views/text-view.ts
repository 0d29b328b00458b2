import type { Format } from '../lines/format.js';
import { fitLine, type Line, type Style, span } from '../lines/line.js';
import { movedRow } from '../lines/moved-row.js';
import type { ContentPlace } from '../state/effect.js';
import { localName } from '../state/selection.js';
import { hexLines, type TextLines, textLines } from '../text/text-lines.js';
import { type MouseInput, wheelRows } from './mouse.js';
import { openWith } from './open-with.js';
import { Prompt } from './prompt.js';
import type { Reading } from './reading.js';
import type { Seen } from './seen.js';
import { type Action, CLOSE, DONE, say, type View } from './view.js';

/** The start of a file in which a zero byte means that it is binary. */
const SAMPLE_BYTES = 8192;
const COLUMN_STEP = 8;
/** The offset in a line of hexadecimal, and the blanks after it. */
const OFFSET_COLUMNS = 10;

export interface TextOptions {
  /** What further keys do. */
  readonly keys?: ReadonlyMap<string, Action>;
  /** The whole content, where the text is a file or its start. */
  readonly place?: ContentPlace;
  /** Returns the style of a line of text. */
  readonly styleOf?: (line: string) => Style;
}

/** A text that is shown on the whole screen. */
export class TextView implements View {
  readonly name: string;
  readonly hints: readonly string[];
  readonly bytes: Uint8Array;
  readonly #format: Format;
  readonly #place: ContentPlace | null;
  readonly #keys: ReadonlyMap<string, Action>;
  readonly #styleOf: (line: string) => Style;
  #isHex: boolean;
  #lines: TextLines;
  #top = 0;
  #left = 0;
  #height = 1;
  /** The last word that was searched, and where it was found; -1 without a match. */
  #word = '';
  #found = -1;
  #lower: Buffer | null = null;

  /** @param name is safe to show */
  constructor(name: string, bytes: Uint8Array, format: Format, options: TextOptions = {}) {
    const { keys, place, styleOf } = options;
    this.name = name;
    this.bytes = bytes;
    this.#format = format;
    this.#place = place ?? null;
    this.#keys = keys ?? new Map<string, Action>();
    this.#styleOf = styleOf ?? (() => 'plain');
    this.hints = [
      ...['? help', 'q back', '/ search', 'n next'],
      ...(this.#place === null ? [] : ['x hexadecimal']),
      ...(this.#keys.has('d') ? ['d difference'] : []),
      ...['p pager', 'e editor', 'arrows scroll'],
    ];
    this.#isHex = this.#place !== null && bytes.subarray(0, SAMPLE_BYTES).includes(0);
    this.#lines = this.#isHex ? hexLines(bytes) : textLines(bytes, format);
  }

  get isHex(): boolean {
    return this.#isHex;
  }

  title(width: number): string {
    const name = this.#format.cutMiddle(this.name, Math.max(8, width - 30));
    return `${name}  ${this.position()}${this.#isHex ? '  hexadecimal' : ''}`;
  }

  note(): null {
    return null;
  }

  work(): true {
    return true;
  }

  update(key: string): Action | null {
    switch (key) {
      case 'q':
      case 'escape':
        return CLOSE;
      case 'x':
        if (this.#place === null) return say('only files are shown in hexadecimal');
        this.toggleHex();
        return DONE;
      case 'p':
      case 'e':
        return openWith(
          key,
          localName(this.#place?.path ?? Buffer.from(`${this.name}.txt`)),
          key === 'p' && this.#isHex ? this.#shownText() : (this.#place ?? this.bytes),
        );
      case '/':
        return {
          kind: 'ask',
          question: {
            line: new Prompt('/'),
            onChange: (text) => (text === '' || this.search(text, 'here') ? null : 'no match'),
            onAnswer: () => DONE,
          },
        };
      case 'n':
      case 'N':
        return this.search(this.#word, key === 'n' ? 'next' : 'previous')
          ? DONE
          : say('no match: / searches');
      default:
        return this.move(key) ? DONE : (this.#keys.get(key) ?? null);
    }
  }

  mouse(input: MouseInput): Action {
    this.#move(this.#top + wheelRows(input));
    return DONE;
  }

  /** Switches between text and hexadecimal, at the same place. */
  toggleHex(): void {
    const share = this.#lines.count === 0 ? 0 : this.#top / this.#lines.count;
    this.#isHex = !this.#isHex;
    this.#lines = this.#isHex ? hexLines(this.bytes) : textLines(this.bytes, this.#format);
    this.#left = 0;
    this.#move(Math.floor(share * this.#lines.count));
    if (this.#found !== -1) this.#show(this.#found);
  }

  #shownText(): Buffer {
    const { count } = this.#lines;
    return Buffer.from(Array.from({ length: count }, (_, line) => `${this.#lines.at(line)}\n`).join(''));
  }

  /** Handles a key that moves; returns whether it was one. */
  move(key: string): boolean {
    const sameKey = key === 'b' ? 'pageup' : key === ' ' ? 'pagedown' : key === 'enter' ? 'down' : key;
    const target = movedRow(sameKey, this.#top, this.#height, this.#lines.count);
    if (target !== null) this.#move(target);
    else if (key === 'right' || key === 'l') this.#left += COLUMN_STEP;
    else if (key === 'left' || key === 'h') this.#left = Math.max(0, this.#left - COLUMN_STEP);
    else return false;
    return true;
  }

  /**
   * Searches for a word, without regard to the case of ASCII letters.
   *
   * @param from `here` also finds what is in the first visible line
   * @returns whether it was found
   */
  search(word: string, from: 'here' | 'next' | 'previous'): boolean {
    this.#lower ??= lowerCase(this.bytes);
    const wanted = lowerCase(Buffer.from(word));
    this.#word = word;
    if (wanted.length === 0) return false;
    const start = this.#found === -1 || from === 'here' ? this.#offsetOfTop() : this.#found;
    let found: number;
    if (from === 'previous') {
      found = start === 0 ? -1 : this.#lower.lastIndexOf(wanted, start - 1);
      if (found === -1) found = this.#lower.lastIndexOf(wanted);
    } else {
      found = this.#lower.indexOf(wanted, from === 'next' && this.#found !== -1 ? start + 1 : start);
      if (found === -1) found = this.#lower.indexOf(wanted);
    }
    this.#found = found;
    if (found !== -1) this.#show(found);
    return found !== -1;
  }

  /** Returns the visible lines. */
  frame(width: number, height: number): Line[] {
    this.#height = height;
    this.#move(this.#top);
    const foundLine = this.#found === -1 ? -1 : this.#lines.lineOf(this.#found);
    const lines: Line[] = [];
    for (let row = 0; row < height; row++) {
      const line = this.#top + row;
      const text = line < this.#lines.count ? this.#lines.at(line) : '';
      const style = line === foundLine ? 'selected' : this.#isHex ? 'plain' : this.#styleOf(text);
      const mark = line === foundLine ? '>' : ' ';
      lines.push(fitLine([span(mark, style), span(this.#scrolled(text), style)], width, this.#format));
    }
    return lines;
  }

  read(): Reading {
    const end = Math.min(this.#lines.count, this.#top + this.#height);
    const lines = Array.from({ length: Math.max(0, end - this.#top) }, (_, i) =>
      this.#lines.at(this.#top + i),
    );
    const found = this.#found === -1 ? null : this.#lines.at(this.#lines.lineOf(this.#found));
    const { count } = this.#lines;
    const heading = [`${this.name}  ${count} ${count === 1 ? 'line' : 'lines'}`];
    return { heading, row: found === null ? null : `> ${found}`, lines, first: this.#top };
  }

  seen(): Seen {
    return { view: 'text', title: this.name, lines: linesOf(this.#lines) };
  }

  /** `12-50 of 320`. */
  position(): string {
    const { count } = this.#lines;
    if (count === 0) return 'empty';
    return `${this.#top + 1}-${Math.min(count, this.#top + this.#height)} of ${count}`;
  }

  #scrolled(text: string): string {
    if (this.#left === 0) return text;
    if (this.#isHex) return text.slice(0, OFFSET_COLUMNS) + text.slice(OFFSET_COLUMNS + this.#left);
    let columns = 0;
    let units = 0;
    for (const character of text) {
      if (columns >= this.#left) break;
      columns += this.#format.width(character);
      units += character.length;
    }
    return text.slice(units);
  }

  #move(top: number): void {
    this.#top = Math.max(0, Math.min(top, this.#lines.count - this.#height));
  }

  #show(offset: number): void {
    const line = this.#lines.lineOf(offset);
    if (line < this.#top || line >= this.#top + this.#height) this.#move(line - Math.floor(this.#height / 3));
  }

  #offsetOfTop(): number {
    if (this.#isHex) return this.#top * 16;
    let [low, high] = [0, this.bytes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#lines.lineOf(middle) < this.#top) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function* linesOf({ count, at }: TextLines): Generator<string> {
  for (let line = 0; line < count; line++) yield at(line);
}

function lowerCase(bytes: Uint8Array): Buffer {
  const lower = Buffer.from(bytes);
  for (let i = 0; i < lower.length; i++) {
    const byte = lower[i] ?? 0;
    if (byte >= 0x41 && byte <= 0x5a) lower[i] = byte + 0x20;
  }
  return lower;
}
