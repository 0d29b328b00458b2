import type { Format } from './format.js';

/** How text is shown. Colors only repeat what text says. */
export type Style =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'title'
  | 'selected'
  | 'added'
  | 'changed'
  | 'deleted'
  | 'directory'
  | 'error';

/** A piece of a line in one style. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A line of the screen. */
export type Line = readonly Span[];

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style };
}

/** Returns a line of exactly `width` columns: truncates or fills its end. */
export function fitLine(line: Line, width: number, format: Format): Line {
  const fitted: Span[] = [];
  let left = width;
  for (const { text, style } of line) {
    if (left <= 0) break;
    const columns = format.width(text);
    if (columns <= left) {
      fitted.push({ text, style });
      left -= columns;
      continue;
    }
    const cut = format.cutEnd(text, left);
    fitted.push({ text: cut, style });
    left -= format.width(cut);
    break;
  }
  // A wide character that does not fit leaves a column.
  if (left > 0) fitted.push(span(' '.repeat(left), fitted.at(-1)?.style ?? 'plain'));
  return fitted;
}

/** Returns a line in one style, such as that of the selection. */
export function restyled(line: Line, style: Style): Line {
  return [span(line.map(({ text }) => text).join(''), style)];
}

export function alignRight(text: string, width: number, format: Format): string {
  return ' '.repeat(Math.max(0, width - format.width(text))) + text;
}

/** Breaks text at blanks into lines of at most `width` columns; a longer word is broken too. */
export function wrapText(text: string, width: number, format: Format): string[] {
  const lines: string[] = [];
  let line = '';
  let columns = 0;
  const end = (): void => {
    lines.push(line);
    line = '';
    columns = 0;
  };
  for (const [i, word] of text.split(' ').entries()) {
    const room = format.width(word);
    if (columns > 0 && columns + 1 + room > width) end();
    else if (i > 0) {
      line += ' ';
      columns++;
    }
    if (room <= width) {
      line += word;
      columns += room;
      continue;
    }
    for (const character of word) {
      const more = format.width(character);
      if (columns + more > width && columns > 0) end();
      line += character;
      columns += more;
    }
  }
  end();
  return lines;
}
