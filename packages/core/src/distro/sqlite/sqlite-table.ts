import { type BoundedBytes, boundedBytes } from '../bounded-bytes.js';
import { MAX_PACKAGES, tooManyPackages, UnreadableDatabase } from '../unreadable.js';
import type { SqlitePages } from './sqlite-pages.js';

const INTERIOR = 5;
const LEAF = 13;

/** Bytes of the header of the database, which precedes that of the first page. */
const DATABASE_HEADER = 100;

/**
 * Calls `visit` with the record of each row of the table whose first page is `root`. Visits each page at most once and
 * reads no more bytes than the database has, so that a malicious loop ends with UnreadableDatabase.
 *
 * @see https://www.sqlite.org/fileformat2.html section 1.6
 */
export function forEachRow(pages: SqlitePages, root: number, visit: (record: Uint8Array) => void): void {
  const visited = new Set<number>();
  let budget = pages.totalBytes;
  const enter = (number: number): BoundedBytes => {
    if (visited.has(number)) throw new UnreadableDatabase(`page ${number} is used twice`);
    visited.add(number);
    return boundedBytes(pages.page(number), `page ${number} of the database`);
  };
  const recordAt = (page: BoundedBytes, at: number): Uint8Array => {
    const length = varint(page, at);
    const rowid = varint(page, at + length.bytes);
    const start = at + length.bytes + rowid.bytes;
    budget -= length.value;
    if (budget < 0) throw new UnreadableDatabase('its rows are longer than the whole database');
    const local = localLength(length.value, pages.usableSize);
    if (local === length.value) return page.slice(start, local);
    const record = Buffer.alloc(length.value);
    record.set(page.slice(start, local));
    let next = page.u32(start + local);
    for (let filled = local; filled < record.length; ) {
      const overflow = enter(next);
      const part = overflow.slice(4, Math.min(pages.usableSize - 4, record.length - filled));
      record.set(part, filled);
      filled += part.length;
      next = overflow.u32(0);
    }
    return record;
  };

  let rows = 0;
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    const page = enter(number);
    const header = number === 1 ? DATABASE_HEADER : 0;
    const kind = page.u8(header);
    if (kind !== INTERIOR && kind !== LEAF) {
      throw new UnreadableDatabase(`page ${number} has the kind ${kind}, which is not a page of a table`);
    }
    const cells = page.u16(header + 3);
    const pointers = header + (kind === LEAF ? 8 : 12);
    for (let i = 0; i < cells; i++) {
      const at = page.u16(pointers + 2 * i);
      if (kind === INTERIOR) {
        waiting.push(page.u32(at));
        continue;
      }
      if (++rows > MAX_PACKAGES) throw tooManyPackages();
      visit(recordAt(page, at));
    }
    if (kind === INTERIOR) waiting.push(page.u32(header + 8));
    if (waiting.length > MAX_WAITING) throw new UnreadableDatabase('its tables have too many pages');
  }
}

/** The limit of pages that wait to be visited, above the pages of the largest database that is read. */
const MAX_WAITING = 2 ** 20;

/** Returns how many bytes of a record are in the page of the table. The rest is in overflow pages. */
function localLength(length: number, usable: number): number {
  const most = usable - 35;
  if (length <= most) return length;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((length - least) % (usable - 4));
  return fitting <= most ? fitting : least;
}

/** A value of a record: the bytes of a text or blob, a number, or null for any other type. */
export type SqliteValue = Uint8Array | number | null;

/** Returns the first `count` values of a record. Integers beyond 2^53 lose precision. Throws UnreadableDatabase. */
export function recordValues(record: Uint8Array, count: number): SqliteValue[] {
  const bytes = boundedBytes(record, 'a row of the database');
  const headerLength = varint(bytes, 0);
  let at = headerLength.bytes;
  let position = headerLength.value;
  const values: SqliteValue[] = [];
  while (at < headerLength.value && values.length < count) {
    const type = varint(bytes, at);
    at += type.bytes;
    const length = lengthOfType(type.value);
    const value = bytes.slice(position, length);
    values.push(valueOfType(type.value, value));
    position += length;
  }
  return values;
}

const INTEGER_LENGTHS = [0, 1, 2, 3, 4, 6, 8];

function lengthOfType(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return INTEGER_LENGTHS[type] ?? (type === 7 ? 8 : 0);
}

function valueOfType(type: number, bytes: Uint8Array): SqliteValue {
  if (type >= 12) return bytes;
  if (type === 8 || type === 9) return type - 8;
  if (type === 0 || type > 6) return null;
  let value = ((bytes[0] ?? 0) << 24) >> 24;
  for (const byte of bytes.subarray(1)) value = value * 256 + byte;
  return value;
}

/** Reads a number of one to nine bytes. Numbers beyond 2^53 are not exact, and exceed every limit. */
function varint(bytes: BoundedBytes, at: number): { readonly value: number; readonly bytes: number } {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes.u8(at + i);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, bytes: i + 1 };
  }
  return { value: value * 256 + bytes.u8(at + 8), bytes: 9 };
}
