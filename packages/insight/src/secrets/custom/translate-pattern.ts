import {
  addBytes,
  addOtherCases,
  type ByteClass,
  byteClass,
  countOf,
  escaped,
  negated,
  PERL_CLASSES,
  POSIX_CLASSES,
  sourceOf,
} from './byte-class.js';
import type { Pattern } from './rule-file.js';

/** Thrown for a pattern that has no translation. Its message says why; it quotes nothing of the pattern but an escape. */
export class Untranslatable extends Error {
  override name = 'Untranslatable';
}

/** A translated pattern. */
export interface Translation {
  readonly pattern: Pattern;
  /** Whether a match may be longer than a few hundred bytes, over several lines. */
  readonly isLong: boolean;
}

/**
 * Translates a regular expression of RE2 to one of JavaScript that matches the same bytes, one character a byte. Throws
 * Untranslatable.
 *
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function translatePattern(source: string): Translation {
  const translator = new Translator(source);
  const translated = translator.translate();
  try {
    new RegExp(translated);
  } catch {
    // The message of the error quotes the pattern.
    throw new Untranslatable('its regular expression is invalid');
  }
  return { pattern: { source: translated, flags: '' }, isLong: translator.isLong };
}

/** `i`, `m`, `s` and `U` of RE2. */
interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly U: boolean;
}

const NEWLINE = 0x0a;
const ALL = byteClass([0, 255]);
const NOT_NEWLINE = negated(byteClass([NEWLINE, NEWLINE]));
/** A repetition of more than this many bytes does not fit into the usual window. */
const MANY = 300;
const MANY_AT_LEAST = 200;

const CONTROL: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['t', 0x09],
  ['n', 0x0a],
  ['r', 0x0d],
  ['v', 0x0b],
]);

class Translator {
  readonly #source: string;
  #at = 0;
  isLong = false;

  constructor(source: string) {
    this.#source = source;
  }

  translate(): string {
    const result = this.#alternatives({ i: false, m: false, s: false, U: false });
    if (this.#at < this.#source.length) throw new Untranslatable('its parentheses do not match');
    return result;
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#source);
    if (match !== null) this.#at += match[0].length;
    return match;
  }

  /** Translates up to the end of the group. Flags that are set inside hold to its end. */
  #alternatives(outer: Flags): string {
    let flags = outer;
    let result = '';
    while (this.#at < this.#source.length && !this.#peek(')')) {
      if (this.#peek('|')) {
        this.#at++;
        result += '|';
        continue;
      }
      const change = this.#take(/\(\?([imsU]*)(?:-([imsU]+))?\)/);
      if (change !== null) flags = changed(flags, change[1], change[2]);
      else result += this.#repeated(flags);
    }
    return result;
  }

  /** Translates an atom and what repeats it. */
  #repeated(flags: Flags): string {
    const { source, bytes, isAssertion = false } = this.#atom(flags);
    const repetition = this.#take(/[*+?]|\{(\d{1,4})(,?)(\d{0,4})\}/);
    if (repetition === null) return source;
    const lazy = this.#take(/\?/) !== null;
    const [text, least, comma, most] = repetition;
    const max =
      least === undefined
        ? text === '?'
          ? 1
          : Infinity
        : comma === ''
          ? Number(least)
          : most === ''
            ? Infinity
            : Number(most);
    const min = least === undefined ? (text === '+' ? 1 : 0) : Number(least);
    const isWide = bytes !== null && countOf(bytes) >= 128 && bytes[NEWLINE] === 1;
    if ((max > MANY && isWide) || min > MANY_AT_LEAST) this.isLong = true;
    if (isAssertion) return min === 0 ? '' : source;
    return `${source}${text}${lazy === flags.U ? '' : '?'}`;
  }

  #atom(flags: Flags): { source: string; bytes: ByteClass | null; isAssertion?: boolean } {
    const assertion = this.#take(/\^|\$|\\[AzbB]/);
    if (assertion !== null)
      return { source: assertionOf(assertion[0], flags), bytes: null, isAssertion: true };
    if (this.#peek('(')) return { source: this.#group(flags), bytes: null };
    if (this.#peek('[')) return ofClass(this.#class(flags));
    if (this.#take(/\./) !== null) return ofClass(flags.s ? ALL : NOT_NEWLINE);
    const quoted = this.#take(/\\Q([\s\S]*?)(?:\\E|$)/);
    if (quoted !== null) return { source: `(?:${literals(quoted[1] ?? '', flags)})`, bytes: null };
    if (this.#take(/\\C/) !== null) return ofClass(ALL);
    const perl = this.#take(/\\([dDwWsS])/);
    if (perl !== null) return ofClass(PERL_CLASSES.get(perl[1] ?? '') ?? ALL);
    if (this.#peek('*') || this.#peek('+') || this.#peek('?'))
      throw new Untranslatable('a repetition has nothing to repeat');
    const text = this.#character();
    const source = literals(text, flags);
    return { source: text.length > 1 || text > '\x7f' ? `(?:${source})` : source, bytes: null };
  }

  #group(flags: Flags): string {
    const start = this.#take(/\((?:\?(?:P?<([A-Za-z_]\w*)>|([imsU]*)(?:-([imsU]+))?:))?/);
    if (start === null || this.#peek('?')) throw new Untranslatable('it has a group that RE2 does not know');
    const [text, name, on, off] = start;
    const inner = this.#alternatives(changed(flags, on, off));
    if (this.#take(/\)/) === null) throw new Untranslatable('its parentheses do not match');
    if (name !== undefined) return `(?<${name}>${inner})`;
    return text === '(' ? `(${inner})` : `(?:${inner})`;
  }

  #class(flags: Flags): ByteClass {
    const isNegated = this.#take(/\[(\^?)/)?.[1] === '^';
    const bytes = byteClass();
    let isFirst = true;
    while (isFirst || !this.#peek(']')) {
      if (this.#at >= this.#source.length) throw new Untranslatable('a bracket does not end');
      isFirst = false;
      const named = this.#take(/\[:(\^?)([a-z]+):\]/);
      const perl = named === null ? this.#take(/\\([dDwWsS])/) : null;
      if (named !== null) {
        const posix = POSIX_CLASSES.get(named[2] ?? '');
        if (posix === undefined) throw new Untranslatable('it has an unknown class of characters');
        addBytes(bytes, named[1] === '^' ? negated(posix) : posix);
      } else if (perl !== null) addBytes(bytes, PERL_CLASSES.get(perl[1] ?? '') ?? ALL);
      else this.#addRange(bytes, isNegated);
    }
    this.#at++;
    if (flags.i) addOtherCases(bytes);
    return isNegated ? negated(bytes) : bytes;
  }

  #addRange(bytes: ByteClass, isNegated: boolean): void {
    const first = this.#character();
    const last =
      this.#peek('-') && this.#source[this.#at + 1] !== ']' && this.#take(/-/) !== null
        ? this.#character()
        : first;
    if (first > '\x7f' || last > '\x7f') {
      // Every byte of such a character is outside of ASCII, so that the class excludes none of them.
      if (isNegated && first === last) return;
      throw new Untranslatable('it has a class with characters that are not ASCII');
    }
    if (first > last) throw new Untranslatable('a range of characters is backwards');
    addBytes(bytes, byteClass([first.charCodeAt(0), last.charCodeAt(0)]));
  }

  /** Takes one character, escaped or not. */
  #character(): string {
    const hex = this.#take(/\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/);
    if (hex !== null) return characterOf(Number.parseInt(hex[1] ?? hex[2] ?? '', 16));
    const octal = this.#take(/\\(0[0-7]{0,2}|[1-7][0-7]{2})/);
    if (octal !== null) return characterOf(Number.parseInt(octal[1] ?? '', 8));
    const letter = this.#take(/\\([\s\S])/)?.[1];
    if (letter !== undefined) {
      const control = CONTROL.get(letter);
      if (control !== undefined) return String.fromCharCode(control);
      if (/[A-Za-z0-9]/.test(letter)) throw new Untranslatable(`it has the escape \\${letter}`);
      return letter;
    }
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined || this.#peek('\\')) throw new Untranslatable('it ends with a backslash');
    const text = String.fromCodePoint(code);
    this.#at += text.length;
    return text;
  }
}

function characterOf(code: number): string {
  if (code > 0x10ffff) throw new Untranslatable('it has a character that does not exist');
  return String.fromCodePoint(code);
}

function ofClass(bytes: ByteClass): { source: string; bytes: ByteClass } {
  return { source: sourceOf(bytes), bytes };
}

function assertionOf(text: string, { m }: Flags): string {
  if (text === '^') return m ? '(?:^|(?<=\\n))' : '^';
  if (text === '$') return m ? '(?=\\n|$)' : '$';
  return text === '\\A' ? '^' : text === '\\z' ? '$' : text;
}

/** Returns the UTF-8 bytes of a text as JavaScript writes them. */
function literals(text: string, { i }: Flags): string {
  return Array.from(Buffer.from(text, 'utf8'), (byte) => {
    const character = String.fromCharCode(byte);
    if (!i || !/[A-Za-z]/.test(character)) return escaped(byte);
    return `[${character.toLowerCase()}${character.toUpperCase()}]`;
  }).join('');
}

function changed(flags: Flags, on = '', off = ''): Flags {
  const value = (name: keyof Flags): boolean => (on.includes(name) || flags[name]) && !off.includes(name);
  return { i: value('i'), m: value('m'), s: value('s'), U: value('U') };
}
