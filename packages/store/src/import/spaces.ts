/** What Go's `unicode.IsSpace` takes for space, which is not what JavaScript's `\s` does. */
const SPACE = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const ONE = new RegExp(`^[${SPACE}]$`);
const LEFT = new RegExp(`^[${SPACE}]+`);
const RIGHT = new RegExp(`[${SPACE}]$`);

export function isSpace(char: string): boolean {
  return ONE.test(char);
}

export function trimLeft(text: string): string {
  return text.replace(LEFT, '');
}

export function trim(text: string): string {
  let end = text.length;
  // Not by a pattern with `+$`, which takes quadratic time on long runs in the middle.
  while (end > 0 && RIGHT.test(text.charAt(end - 1))) end--;
  return trimLeft(text.slice(0, end));
}

/** The words between runs of plain spaces, as Dockerfiles are split: of the spaces beyond ASCII none counts. */
export function splitAtSpaces(text: string): string[] {
  return text.split(/[\t\v\f\r ]+/);
}

/** The first word and what follows the spaces behind it; null for the rest where there are none. */
export function firstWord(text: string): readonly [word: string, rest: string | null] {
  const spaces = /[\t\v\f\r ]+/.exec(text);
  if (spaces === null) return [text, null];
  return [text.slice(0, spaces.index), text.slice(spaces.index + spaces[0].length)];
}
