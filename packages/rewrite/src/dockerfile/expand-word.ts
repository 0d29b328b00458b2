import { dockerfileError, quoted } from './dockerfile-error.js';
import { isSpace } from './words.js';

/** The values of variables, by their names. */
export type Variables = ReadonlyMap<string, string>;

/** Limits the recursion of `${a:-${b:-…}}`. */
const MAX_DEPTH = 100;

/**
 * Removes the quotes and escapes of a word and expands `$name`, `${name}`, `${name:-default}`, `${name:+instead}` and
 * `${name:?message}`, each also without the colon. A variable that is not set is empty.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function expandWord(word: string, variables: Variables, escapeChar: string): string {
  return new WordExpander(word, variables, escapeChar).expand(null).text;
}

/** Expands a word as `expandWord` does, and splits the result at unquoted and unescaped spaces, also those of values. */
export function expandWords(word: string, variables: Variables, escapeChar: string): readonly string[] {
  return new WordExpander(word, variables, escapeChar).expand(null).words;
}

interface Expanded {
  readonly text: string;
  readonly words: readonly string[];
}

/** Collects an expanded text, and splits it into words at the same time. */
class ExpandedText {
  readonly words: string[] = [];
  text = '';
  #word = '';

  /** Adds text of which spaces separate words. */
  addSplit(value: string): void {
    for (const char of value) {
      if (isSpace(char)) this.endWord();
      else this.#word += char;
    }
    this.text += value;
  }

  /** Adds quoted or escaped text, whose spaces are part of a word. */
  addQuoted(value: string): void {
    this.#word += value;
    this.text += value;
  }

  endWord(): void {
    if (this.#word !== '') this.words.push(this.#word);
    this.#word = '';
  }
}

/** Reads one word from left to right. */
class WordExpander {
  readonly #source: string;
  readonly #chars: readonly string[];
  readonly #variables: Variables;
  readonly #escapeChar: string;
  #position = 0;
  #depth = 0;

  constructor(word: string, variables: Variables, escapeChar: string) {
    this.#source = word;
    this.#chars = [...word];
    this.#variables = variables;
    this.#escapeChar = escapeChar;
  }

  /** Expands up to and over `stop`; to the end if it is null. */
  expand(stop: '}' | null): Expanded {
    const expanded = new ExpandedText();
    for (;;) {
      const char = this.#peek();
      if (char === undefined || char === stop) break;
      if (char === '$') expanded.addSplit(this.#readVariable());
      else if (char === "'") expanded.addQuoted(this.#readSingleQuoted());
      else if (char === '"') expanded.addQuoted(this.#readDoubleQuoted());
      else {
        this.#position++;
        if (char === this.#escapeChar) expanded.addQuoted(this.#next() ?? '');
        else expanded.addSplit(char);
      }
    }
    if (stop !== null && this.#next() !== stop) throw this.#error("syntax error: missing '}'");
    expanded.endWord();
    return expanded;
  }

  #peek(): string | undefined {
    return this.#chars[this.#position];
  }

  #next(): string | undefined {
    return this.#chars[this.#position++];
  }

  #readSingleQuoted(): string {
    const end = this.#chars.indexOf("'", this.#position + 1);
    if (end < 0) {
      throw this.#error('unexpected end of statement while looking for matching single-quote');
    }
    const text = this.#chars.slice(this.#position + 1, end).join('');
    this.#position = end + 1;
    return text;
  }

  #readDoubleQuoted(): string {
    let text = '';
    this.#position++;
    for (;;) {
      const char = this.#peek();
      if (char === undefined) {
        throw this.#error('unexpected end of statement while looking for matching double-quote');
      }
      if (char === '$') {
        text += this.#readVariable();
        continue;
      }
      this.#position++;
      if (char === '"') return text;
      const next = this.#peek();
      // Before any other character it stands for itself, as in a shell.
      const isEscape =
        char === this.#escapeChar && (next === '"' || next === '$' || next === this.#escapeChar);
      if (isEscape) this.#position++;
      text += isEscape ? next : char;
    }
  }

  #readVariable(): string {
    this.#position++;
    if (this.#peek() !== '{') {
      const name = this.#readName();
      return name === '' ? '$' : (this.#variables.get(name) ?? '');
    }
    this.#position++;
    const first = this.#peek();
    if (first === undefined) throw this.#error("syntax error: missing '}'");
    if (first === '{' || first === '}' || first === ':') {
      throw this.#error('syntax error: bad substitution');
    }
    return this.#readSubstitution(this.#readName());
  }

  /** Reads the rest of `${name…}`, from the character after the name. */
  #readSubstitution(name: string): string {
    const value = this.#variables.get(name);
    let modifier = this.#next();
    if (modifier === '}') return value ?? '';
    const emptyIsUnset = modifier === ':';
    if (emptyIsUnset) modifier = this.#next();
    if (modifier === undefined) throw this.#error("syntax error: missing '}'");
    if (modifier !== '-' && modifier !== '+' && modifier !== '?') {
      throw this.#error(`unsupported modifier (${emptyIsUnset ? ':' : ''}${modifier}) in substitution`);
    }
    if (++this.#depth > MAX_DEPTH) throw this.#error('defaults are nested too deep');
    const { text } = this.expand('}');
    this.#depth--;
    const isSet = value !== undefined && !(emptyIsUnset && value === '');
    if (modifier === '+') return isSet ? text : '';
    if (isSet) return value;
    if (modifier === '-') return text;
    throw this.#error(`${name}: ${text === '' ? 'is not allowed to be unset' : text}`);
  }

  /** Reads a name: letters, digits and `_`; only digits if it starts with one; or one of the shell's special names. */
  #readName(): string {
    const first = this.#peek() ?? '';
    if (/[@*#?\-$!]/.test(first)) {
      this.#position++;
      return first;
    }
    const part = /\p{Nd}/u.test(first) ? /\p{Nd}/u : /[\p{L}\p{Nd}_]/u;
    const start = this.#position;
    while (part.test(this.#peek() ?? '')) this.#position++;
    return this.#chars.slice(start, this.#position).join('');
  }

  #error(problem: string): Error {
    return dockerfileError(
      `failed to process ${quoted(this.#source)}: ${problem}`,
      'write a literal $ as \\$ or in single quotes, and close every quote',
    );
  }
}
