const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\e'],
  // The ASCII characters, not the typographic ones that roff would print.
  ['-', '\\-'],
  ["'", '\\(aq'],
  ['`', '\\(ga'],
  ['^', '\\(ha'],
  ['~', '\\(ti'],
]);

/** Returns text as roff(7) source that prints it. */
export function roffText(text: string): string {
  return text
    .replace(/[\\\-'`^~]/g, (char) => ESCAPES.get(char) ?? char)
    .replace(/[^\0-\x7f]/gu, (char) => `\\[u${hex(char)}]`)
    .replace(/^\./gm, '\\&.');
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

export function bold(text: string): string {
  return `\\fB${roffText(text)}\\fR`;
}

/** Returns a synopsis with its placeholders, such as `IMAGE` and `OS/ARCH`, in italics. */
export function withPlaceholders(text: string): string {
  return roffText(text).replace(/[A-Z][A-Z/]*/g, '\\fI$&\\fR');
}

/** A paragraph with a term before it. Both are roff source. */
export function tagged(term: string, meaning: string): string {
  return `.TP\n${term}\n${meaning}`;
}

/** Lines of code, in a font of constant width where there is one. */
export function codeBlock(lines: readonly string[]): string {
  return ['.EX', ...lines.map(roffText), '.EE'].join('\n');
}
