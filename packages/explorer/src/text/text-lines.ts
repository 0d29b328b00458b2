import { indexColumn } from '@layers/core/rootfs';
import type { Format } from '../lines/format.js';

/** A longer line is shown as several, so that a line is never long to draw. */
const MAX_LINE_BYTES = 2048;
const NEWLINE = 0x0a;
const TAB_COLUMNS = 8;
const HEX_BYTES = 16;

/** The lines of a file as text or in hexadecimal, made when they are shown. */
export interface TextLines {
  readonly count: number;
  at(line: number): string;
  /** Returns the line with a byte. */
  lineOf(offset: number): number;
}

/** Returns the lines of text. Escapes what is not text. */
export function textLines(bytes: Uint8Array, format: Format): TextLines {
  const starts = indexColumn();
  let count = 1;
  const add = (start: number): void => {
    starts.ensure(count + 1);
    starts.values[count++] = start;
  };
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    for (let piece = pieceEnd(bytes, start, end); piece < end; piece = pieceEnd(bytes, piece, end))
      add(piece);
    start = end + 1;
    if (start < bytes.length) add(start);
  }
  const offsets = starts.trimmed(count);
  return {
    count: bytes.length === 0 ? 0 : offsets.length,
    at(line) {
      const start = offsets[line] ?? bytes.length;
      const next = offsets[line + 1] ?? bytes.length;
      const end = next > start && bytes[next - 1] === NEWLINE ? next - 1 : next;
      const isCarriageReturn = end > start && bytes[end - 1] === 0x0d;
      return withoutTabs(bytes.subarray(start, isCarriageReturn ? end - 1 : end), format);
    },
    lineOf(offset) {
      let [low, high] = [0, offsets.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if ((offsets[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}

/** Returns the end of a piece of a long line, at the start of a character where there is one. */
function pieceEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= MAX_LINE_BYTES) return end;
  let cut = start + MAX_LINE_BYTES;
  for (let i = 0; i < 3 && ((bytes[cut] ?? 0) & 0xc0) === 0x80; i++) cut--;
  return cut;
}

function withoutTabs(bytes: Uint8Array, format: Format): string {
  if (!bytes.includes(0x09)) return format.name(bytes);
  let text = '';
  for (const [i, part] of splitAt(bytes, 0x09).entries()) {
    if (i > 0) text += ' '.repeat(TAB_COLUMNS - (format.width(text) % TAB_COLUMNS));
    text += format.name(part);
  }
  return text;
}

function splitAt(bytes: Uint8Array, byte: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, start)) {
    parts.push(bytes.subarray(start, at));
    start = at + 1;
  }
  parts.push(bytes.subarray(start));
  return parts;
}

/** Returns lines as `hexdump -C` prints them. */
export function hexLines(bytes: Uint8Array): TextLines {
  return {
    count: Math.ceil(bytes.length / HEX_BYTES),
    at(line) {
      const start = line * HEX_BYTES;
      const part = bytes.subarray(start, start + HEX_BYTES);
      const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'));
      const halves = [pairs.slice(0, 8).join(' '), pairs.slice(8).join(' ')];
      const letters = Array.from(part, (byte) =>
        byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
      );
      const hex = halves.join('  ').padEnd(HEX_BYTES * 3);
      return `${start.toString(16).padStart(8, '0')}  ${hex}  |${letters.join('')}|`;
    },
    lineOf: (offset) => Math.floor(offset / HEX_BYTES),
  };
}
