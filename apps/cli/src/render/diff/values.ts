import { escapeForTerminal } from '../../output/escape.js';
import type { View } from '../../output/view.js';

/** Where values go to no terminal, they are cut to this length. */
const LONGEST_UNLIMITED = 100;
const DEEPEST = 6;
const LONGEST_LIST = 200;
/** Beyond this many characters, a value is not looked at. */
const LONGEST_TEXT = 10_000;

/**
 * Two values, escaped and short, so that what differs of them can be seen: what both begin with is left out where
 * they are long.
 */
export function pairText(a: unknown, b: unknown, view: View): string {
  const [before, after] = [plainValue(a, view), plainValue(b, view)];
  const room = roomFor(view);
  if (Math.max(before.length, after.length) <= room) return `${before} -> ${after}`;
  const shared = sharedLength(before, after);
  // Some of what both begin with tells where one is.
  const start = shared > room / 2 ? shared - Math.floor(room / 4) : 0;
  return `${window(before, start, room, view)} -> ${window(after, start, room, view)}`;
}

/** A value of a document, escaped, short unless the view shows everything. */
export function valueText(value: unknown, view: View): string {
  const room = roomFor(view) * 2;
  return window(plainValue(value, view), 0, room, view);
}

function roomFor({ truncate, width }: View): number {
  if (!truncate) return Number.POSITIVE_INFINITY;
  return width === Number.POSITIVE_INFINITY ? LONGEST_UNLIMITED : Math.max(16, Math.floor((width - 32) / 2));
}

function window(text: string, start: number, room: number, { ellipsis }: View): string {
  const from = start > 0 ? ellipsis + text.slice(start + 1) : text;
  return from.length <= room ? from : from.slice(0, room - 1) + ellipsis;
}

function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** Words stand as they are; text with blanks in it is quoted, everything else is JSON, as deep as it tells anything. */
function plainValue(value: unknown, view: View): string {
  const limit = view.truncate ? LONGEST_TEXT : Number.POSITIVE_INFINITY;
  if (typeof value === 'string') {
    const text = value.slice(0, limit);
    return escapeForTerminal(/^\S+$/.test(text) ? text : JSON.stringify(text));
  }
  return escapeForTerminal(
    JSON.stringify(shallow(value, DEEPEST, view.truncate ? LONGEST_LIST : undefined)) ?? 'none',
  ).slice(0, limit);
}

/**
 * A copy that is not deeper than `depth`, since a document may nest deeper than calls can, with at most `most` items
 * in each list.
 */
function shallow(value: unknown, depth: number, most: number | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  const inner = (item: unknown): unknown => shallow(item, depth - 1, most);
  if (Array.isArray(value)) return value.slice(0, most).map(inner);
  const entries = Object.entries(value).slice(0, most);
  return Object.fromEntries(entries.map(([key, item]) => [key, inner(item)]));
}
