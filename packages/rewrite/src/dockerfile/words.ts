/** The characters of Go's `unicode.IsSpace`, which are not those of JavaScript's `\s`. */
const SPACE = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const ONE = new RegExp(`^[${SPACE}]$`);
const LEFT = new RegExp(`^[${SPACE}]+`);
const RIGHT = new RegExp(`[${SPACE}]$`);

/** Returns whether a character is white space for Go. */
export function isSpace(char: string): boolean {
  return ONE.test(char);
}

/** Removes leading white space, as Go's `strings.TrimLeftFunc(unicode.IsSpace)` does. */
export function trimLeft(text: string): string {
  return text.replace(LEFT, '');
}

/** Removes leading and trailing white space, as Go's `strings.TrimSpace` does. */
export function trim(text: string): string {
  let end = text.length;
  // A pattern with `+$` takes quadratic time on long runs in the middle.
  while (end > 0 && RIGHT.test(text.charAt(end - 1))) end--;
  return trimLeft(text.slice(0, end));
}

/** Splits at runs of ASCII spaces, as Docker splits the arguments of EXPOSE and VOLUME. */
export function splitAtSpaces(text: string): string[] {
  return text.split(/[\t\v\f\r ]+/);
}

/** Returns the first word and the text after the spaces that follow it; null for that text if no space follows. */
export function firstWord(text: string): readonly [word: string, rest: string | null] {
  const spaces = /[\t\v\f\r ]+/.exec(text);
  if (spaces === null) return [text, null];
  return [text.slice(0, spaces.index), text.slice(spaces.index + spaces[0].length)];
}

/**
 * Splits the arguments of an instruction into words. Quotes keep spaces together; the escape character escapes the next
 * character. Both stay in the words, for `expandWord` to remove. A trailing escape character is dropped.
 */
export function splitWords(text: string, escapeChar: string): string[] {
  const chars = [...text];
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (quote === '' && isSpace(char)) {
      if (word !== '') words.push(word);
      word = '';
    } else if (char === escapeChar && quote !== "'") {
      if (i + 1 < chars.length) word += char + (chars[++i] ?? '');
    } else {
      if (quote === '') quote = char === '"' || char === "'" ? char : '';
      else if (char === quote) quote = '';
      word += char;
    }
  }
  if (word !== '') words.push(word);
  return words;
}
