import stringWidth from 'string-width';

const ASCII = /^[\x20-\x7e]*$/;

/**
 * Latin letters, and what the command itself prints besides. Each is one column wide. Other text needs a library, whose
 * patterns take V8 milliseconds to compile.
 */
const NARROW = /^[\x20-\x7e\xa0-\xa8\xaa-\xad\xaf-\u02ff\u2026\u2500-\u257f]*$/;

/** Returns the width of `text` in columns of a terminal. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** Truncates the end of `text` to `width` columns. `ellipsis` is one column wide. */
export function truncateEnd(text: string, width: number, ellipsis: string): string {
  if (fits(text, width)) return text;
  return width < 1 ? '' : head(text, width - 1) + ellipsis;
}

/** Truncates the middle of `text` to `width` columns, to keep the root and the name of a path. */
export function truncateMiddle(text: string, width: number, ellipsis: string): string {
  if (fits(text, width)) return text;
  if (width < 1) return '';
  const front = Math.floor((width - 1) / 3);
  return head(text, front) + ellipsis + tail(text, width - 1 - front);
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Breaks `text` at blanks into lines of at most `width` columns. A longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Every character has at most two columns and two code units; only marks have no width. */
function fits(text: string, width: number): boolean {
  return text.length <= width * 64 && widthOf(text) <= width;
}

function head(text: string, width: number): string {
  if (ASCII.test(text.slice(0, width))) return text.slice(0, width);
  return pick(text.slice(0, width * 64), width).join('');
}

function tail(text: string, width: number): string {
  if (width < 1) return '';
  if (ASCII.test(text.slice(-width))) return text.slice(-width);
  return pick([...text.slice(-width * 64)].reverse(), width)
    .reverse()
    .join('');
}

/** Returns the characters from the start of `text` that fit. */
function pick(text: Iterable<string>, width: number): string[] {
  const picked: string[] = [];
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    picked.push(character);
  }
  return picked;
}
