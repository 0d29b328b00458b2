import { exactJson } from '@layers/core/analysis';
import { JsonNumber } from '@layers/core/oci';
import { escapeForTerminal } from '../../output/escape.js';
import type { View } from '../../output/view.js';

/** The maximal length of a value where the output is not a terminal. */
const MAX_LENGTH_NO_TERMINAL = 100;
const MAX_DEPTH = 6;
const MAX_LIST_LENGTH = 200;
/** Only the first characters of a value are rendered. */
const MAX_TEXT_LENGTH = 10_000;

/** Renders two values, escaped and short. Omits the common prefix of long values, so that the difference is visible. */
export function pairText(a: unknown, b: unknown, view: View): string {
  const [before, after] = [plainValue(a, view), plainValue(b, view)];
  const room = roomFor(view);
  if (Math.max(before.length, after.length) <= room) return `${before} -> ${after}`;
  const shared = sharedLength(before, after);
  // Part of the common prefix stays, as context.
  const start = shared > room / 2 ? shared - Math.floor(room / 4) : 0;
  return `${window(before, start, room, view)} -> ${window(after, start, room, view)}`;
}

/** Renders a value of a document, escaped, and short unless the view is not truncated. */
export function valueText(value: unknown, view: View): string {
  const room = roomFor(view) * 2;
  return window(plainValue(value, view), 0, room, view);
}

function roomFor({ truncate, width }: View): number {
  if (!truncate) return Number.POSITIVE_INFINITY;
  return width === Number.POSITIVE_INFINITY
    ? MAX_LENGTH_NO_TERMINAL
    : Math.max(16, Math.floor((width - 32) / 2));
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

/** Text with spaces is quoted; values other than text are JSON of limited depth. */
function plainValue(value: unknown, view: View): string {
  const limit = view.truncate ? MAX_TEXT_LENGTH : Number.POSITIVE_INFINITY;
  if (typeof value === 'string') {
    const text = value.slice(0, limit);
    return escapeForTerminal(/^\S+$/.test(text) ? text : JSON.stringify(text));
  }
  const short = shallow(value, MAX_DEPTH, view.truncate ? MAX_LIST_LENGTH : undefined);
  return escapeForTerminal(exactJson(short, toJson)).slice(0, limit);
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? 'none';
}

/**
 * Copies a value down to `depth`, because a document may nest deeper than the call stack allows, with at most
 * `maxItems` items in each list.
 */
function shallow(value: unknown, depth: number, maxItems: number | undefined): unknown {
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return value;
  if (depth === 0) return '…';
  const inner = (item: unknown): unknown => shallow(item, depth - 1, maxItems);
  if (Array.isArray(value)) return value.slice(0, maxItems).map(inner);
  const entries = Object.entries(value).slice(0, maxItems);
  return Object.fromEntries(entries.map(([key, item]) => [key, inner(item)]));
}
