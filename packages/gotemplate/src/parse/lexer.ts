import { KEYWORDS, type Token, type TokenKind } from './token.js';

const OPEN = '{{';
const CLOSE = '}}';
/** Characters that a trim marker removes, and that separate words. */
const SPACES = ' \t\r\n';

/** Splits a template into tokens. A fault is the last token. */
export class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  /** The position up to which lines are counted. */
  #counted = 0;
  #parentheses = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns all tokens. The last one is `end` or `error`. */
  tokens(): readonly Token[] {
    while (this.#textUntilAction() && this.#action());
    return this.#tokens;
  }

  /** Takes the text before the next action. Returns false at the end. */
  #textUntilAction(): boolean {
    const open = this.#text.indexOf(OPEN, this.#at);
    const text = this.#text.slice(this.#at, open === -1 ? undefined : open);
    const isTrimmed = open !== -1 && this.#isLeftTrim(open + OPEN.length);
    const shown = isTrimmed ? text.slice(0, text.length - trailingSpaces(text)) : text;
    if (shown !== '') this.#push('text', shown);
    if (open === -1) {
      this.#at = this.#text.length;
      this.#push('end', '');
      return false;
    }
    this.#at = open;
    return true;
  }

  /** Takes an action or a comment, from `{{` to `}}`. Returns false after a fault. */
  #action(): boolean {
    this.#at += OPEN.length;
    // The marker is a minus and one space.
    if (this.#isLeftTrim(this.#at)) this.#at += 2;
    if (this.#text.startsWith('/*', this.#at)) return this.#comment();
    this.#push('open', OPEN);
    this.#parentheses = 0;
    for (;;) {
      const close = this.#closeAt(this.#at);
      if (close !== null) {
        if (this.#parentheses > 0) return this.#fault('unclosed left paren');
        this.#push('close', CLOSE);
        this.#skipClose(close);
        return true;
      }
      if (!this.#word()) return false;
    }
  }

  #comment(): boolean {
    const end = this.#text.indexOf('*/', this.#at + 2);
    if (end === -1) return this.#fault('unclosed comment');
    const close = this.#closeAt(end + 2);
    if (close === null) return this.#fault('comment ends before closing delimiter');
    this.#at = end + 2;
    this.#skipClose(close);
    return true;
  }

  /** Returns the length of `}}` or ` -}}` at a position; null where there is neither. */
  #closeAt(at: number): number | null {
    if (this.#text.startsWith(CLOSE, at)) return CLOSE.length;
    return isSpace(this.#text[at]) && this.#text.startsWith(`-${CLOSE}`, at + 1) ? CLOSE.length + 2 : null;
  }

  #skipClose(length: number): void {
    const end = this.#text.indexOf(CLOSE, this.#at) + CLOSE.length;
    this.#at = end;
    if (length > CLOSE.length) while (isSpace(this.#text[this.#at])) this.#at++;
  }

  #isLeftTrim(at: number): boolean {
    return this.#text[at] === '-' && isSpace(this.#text[at + 1]);
  }

  /** Takes one token of an action. */
  #word(): boolean {
    const start = this.#at;
    const first = this.#text[start];
    if (first === undefined) return this.#fault('unclosed action');
    if (isSpace(first)) return this.#space();
    if (first === '=') return this.#take('assign', 1);
    if (first === ':')
      return this.#text[start + 1] === '=' ? this.#take('declare', 2) : this.#fault('expected :=');
    if (first === '|') return this.#take('pipe', 1);
    if (first === '"') return this.#quoted('string', '"', 'unterminated quoted string');
    if (first === "'") return this.#quoted('character', "'", 'unterminated character constant');
    if (first === '`') return this.#rawString();
    if (first === '$') return this.#name('variable', start + 1);
    const next = this.#text[start + 1] ?? '';
    if (first === '.' && !isDigit(next)) return this.#name('field', start + 1);
    if (first === '.' || first === '+' || first === '-' || isDigit(first)) return this.#number();
    if (isWordCharacter(this.#characterAt(start))) return this.#name('identifier', start);
    if (first === '(') {
      this.#parentheses++;
      return this.#take('(', 1);
    }
    if (first === ')')
      return --this.#parentheses < 0 ? this.#fault('unexpected right paren') : this.#take(')', 1);
    if (first > ' ' && first < '\x7f') return this.#take('other', 1);
    return this.#fault('unrecognized character in action');
  }

  #space(): boolean {
    let end = this.#at;
    while (isSpace(this.#text[end])) end++;
    // The last space may belong to a trim marker.
    if (this.#closeAt(end - 1) !== null) end--;
    return end === this.#at ? true : this.#take('space', end - this.#at);
  }

  #quoted(kind: TokenKind, quote: string, fault: string): boolean {
    let at = this.#at + 1;
    for (; this.#text[at] !== quote; at++) {
      if (this.#text[at] === '\\') at++;
      if (this.#text[at] === undefined || this.#text[at] === '\n') return this.#fault(fault);
    }
    return this.#take(kind, at + 1 - this.#at);
  }

  #rawString(): boolean {
    const end = this.#text.indexOf('`', this.#at + 1);
    return end === -1
      ? this.#fault('unterminated raw quoted string')
      : this.#take('raw-string', end + 1 - this.#at);
  }

  /** Takes a name whose letters begin at `at`. */
  #name(kind: 'field' | 'variable' | 'identifier', at: number): boolean {
    let end = at;
    while (isWordCharacter(this.#characterAt(end))) end += this.#characterAt(end).length;
    if (!this.#isEndOfName(end))
      return this.#fault(`bad character ${JSON.stringify(this.#characterAt(end))}`);
    const length = end - this.#at;
    if (kind === 'field') return this.#take(end === at ? 'dot' : 'field', length);
    if (kind === 'variable') return this.#take('variable', length);
    const word = this.#text.slice(at, end);
    if (word === 'true' || word === 'false') return this.#take('boolean', length);
    return this.#take(KEYWORDS.has(word) ? 'keyword' : 'identifier', length);
  }

  #isEndOfName(at: number): boolean {
    const next = this.#text[at];
    if (next === undefined || isSpace(next) || '.,|:)('.includes(next)) return true;
    return this.#text.startsWith(CLOSE, at);
  }

  /** Takes what looks like a number. Whether it is one, the parser says. */
  #number(): boolean {
    const fault = () => this.#fault(`bad number syntax: ${JSON.stringify(this.#text.slice(this.#at, end))}`);
    let end = this.#endOfNumber(this.#at);
    if (isWordCharacter(this.#characterAt(end))) return fault();
    const sign = this.#text[end];
    if (sign === '+' || sign === '-') {
      end = this.#endOfNumber(end);
      if (this.#text[end - 1] !== 'i' || isWordCharacter(this.#characterAt(end))) return fault();
    }
    return this.#take('number', end - this.#at);
  }

  #endOfNumber(start: number): number {
    NUMBER.lastIndex = start;
    return start + (NUMBER.exec(this.#text)?.[0].length ?? 0);
  }

  /** Returns the character at a position, with both halves of a surrogate pair. */
  #characterAt(at: number): string {
    const code = this.#text.codePointAt(at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #take(kind: TokenKind, length: number): true {
    this.#push(kind, this.#text.slice(this.#at, this.#at + length));
    this.#at += length;
    return true;
  }

  #fault(message: string): false {
    this.#push('error', message);
    return false;
  }

  #push(kind: TokenKind, text: string): void {
    for (; this.#counted < this.#at; this.#counted++) if (this.#text[this.#counted] === '\n') this.#line++;
    this.#tokens.push({ kind, text, line: this.#line });
  }
}

const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;

function isSpace(character: string | undefined): boolean {
  return character !== undefined && SPACES.includes(character);
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

const WORD = /^[\p{L}\p{Nd}_]$/u;

function isWordCharacter(character: string): boolean {
  return WORD.test(character);
}

function trailingSpaces(text: string): number {
  let at = text.length;
  while (at > 0 && isSpace(text[at - 1])) at--;
  return text.length - at;
}
