import type { Line } from '../lines/line.js';

/** What a view shows, in lines of text for those who do not see a screen. All of it is safe to show. */
export interface Reading {
  /** What is shown, such as a title, and the titles of columns. */
  readonly heading: readonly string[];
  /** The selected row; null where there is none. */
  readonly row: string | null;
  /** Details of that row, or the visible lines of a text. */
  readonly lines: readonly string[];
  /** The position of the first line in the whole text; null where the lines are details. */
  readonly first: number | null;
}

/** Columns in which hardly any row is cut. */
export const READ_COLUMNS = 1000;

/** Returns a line without its styles, and without the blanks that fill it. */
export function lineText(line: Line | undefined): string {
  return (line ?? [])
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}
