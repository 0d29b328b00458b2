import { truncateEnd, widthOf } from '../../output/text-width.js';
import type { View } from '../../output/view.js';

export const LABEL_COLUMNS = 10;

const COLOUR_CODES = /\x1b\[[\d;]*m/g;

/** Renders the head of a section: its label and a summary in parts, on several lines where the view is narrow. */
export function* sectionHead(label: string, parts: readonly string[], view: View): Generator<string> {
  const separator = view.unicode ? ' · ' : ' | ';
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : `${last}${separator}${part}`;
    if (last === undefined || plainWidth(joined) > view.width - LABEL_COLUMNS) lines.push(part);
    else lines[lines.length - 1] = joined;
  }
  for (const [i, line] of lines.entries()) {
    const margin =
      i === 0
        ? view.colours.bold(label) + ' '.repeat(LABEL_COLUMNS - label.length)
        : ' '.repeat(LABEL_COLUMNS);
    yield `${margin}${line}\n`;
  }
}

/** Renders a line for the omitted items of a list; none if nothing is omitted. */
export function* omittedNote(count: number, view: View): Generator<string> {
  if (count > 0) yield note(`and ${count} more: --top N lists more, --no-trunc all`, 2, view);
}

/** Renders a dimmed note, no wider than the view. */
export function note(text: string, indent: number, view: View): string {
  return `${' '.repeat(indent)}${view.colours.dim(truncateEnd(text, view.width - indent, view.ellipsis))}\n`;
}

/** Returns the width of text in columns, without its colour codes. */
export function plainWidth(text: string): number {
  return widthOf(text.replace(COLOUR_CODES, ''));
}
