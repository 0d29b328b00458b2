import { type BoundedBytes, boundedBytes } from '../bounded-bytes.js';
import { MAX_PACKAGES, tooManyPackages, UnreadableDatabase } from '../unreadable.js';

const HASH_MAGIC = 0x061561;
const HASH_META_PAGE = 8;
/** Hash pages with unsorted and with sorted keys. */
const HASH_PAGES: readonly number[] = [2, 13];
const OVERFLOW_PAGE = 7;
const PAGE_HEADER = 26;

/** Kinds of items of a hash page: bytes, and a reference to overflow pages. */
const ON_PAGE = 1;
const OFF_PAGE = 3;

/** A key and its value. */
type Entry = { readonly key: number; readonly value: Uint8Array };

/**
 * Calls `visit` with each header in a Berkeley DB hash file, `Packages`, of either byte order. Uses each page at most
 * once. Throws UnreadableDatabase.
 */
export function forEachBdbHeader(file: Uint8Array, visit: (header: Uint8Array) => void): void {
  const bytes = boundedBytes(file, 'the database');
  if (bytes.size < 512) throw new UnreadableDatabase('it is not a Berkeley DB file');
  const littleEndian = bytes.u32(12, true) === HASH_MAGIC;
  if (!littleEndian && bytes.u32(12) !== HASH_MAGIC)
    throw new UnreadableDatabase('it is not a Berkeley DB hash');
  if (bytes.u8(25) !== HASH_META_PAGE || bytes.u8(24) !== 0) {
    throw new UnreadableDatabase('it is not a plain Berkeley DB hash');
  }
  const pageSize = bytes.u32(20, littleEndian);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) {
    throw new UnreadableDatabase(`it has an invalid page size of ${pageSize} bytes`);
  }
  const pages = Math.min(bytes.u32(32, littleEndian) + 1, Math.floor(bytes.size / pageSize));
  const database: Database = { bytes, littleEndian, pageSize, usedPages: new Set() };
  let entries = 0;
  for (let number = 1; number < pages; number++) {
    if (!HASH_PAGES.includes(bytes.u8(number * pageSize + 25))) continue;
    for (const { key, value } of entriesOfPage(database, number)) {
      if (++entries > MAX_PACKAGES) throw tooManyPackages();
      // The value of key 0 is the highest number of a package.
      if (key !== 0) visit(value);
    }
  }
}

interface Database {
  readonly bytes: BoundedBytes;
  readonly littleEndian: boolean;
  readonly pageSize: number;
  readonly usedPages: Set<number>;
}

function* entriesOfPage(database: Database, number: number): Generator<Entry> {
  const { bytes, littleEndian, pageSize } = database;
  const page = boundedBytes(bytes.slice(number * pageSize, pageSize), `page ${number} of the database`);
  const count = page.u16(20, littleEndian);
  let end = pageSize;
  // Items are stored from the end of the page backwards, keys and values in turn.
  const next = (i: number): BoundedBytes => {
    const start = page.u16(PAGE_HEADER + 2 * i, littleEndian);
    if (start >= end) throw new UnreadableDatabase(`items of page ${number} overlap`);
    const item = boundedBytes(page.slice(start, end - start), `an item of page ${number}`);
    end = start;
    return item;
  };
  for (let i = 0; i + 1 < count; i += 2) {
    const [key, value] = [next(i), next(i + 1)];
    if (key.u8(0) !== ON_PAGE || key.size !== 5) throw new UnreadableDatabase('a key is not a number');
    const kind = value.u8(0);
    if (kind !== ON_PAGE && kind !== OFF_PAGE)
      throw new UnreadableDatabase(`a value has the unknown kind ${kind}`);
    yield {
      key: key.u32(1, littleEndian),
      value: kind === ON_PAGE ? value.slice(1, value.size - 1) : overflowOf(database, value),
    };
  }
}

/** Reads the overflow pages of an item. */
function overflowOf({ bytes, littleEndian, pageSize, usedPages }: Database, item: BoundedBytes): Uint8Array {
  const length = item.u32(8, littleEndian);
  if (length > bytes.size) throw new UnreadableDatabase('a value is longer than the whole database');
  const parts: Uint8Array[] = [];
  let filled = 0;
  for (let number = item.u32(4, littleEndian); number !== 0; ) {
    if (usedPages.has(number)) throw new UnreadableDatabase(`page ${number} is used twice`);
    usedPages.add(number);
    const page = boundedBytes(bytes.slice(number * pageSize, pageSize), `page ${number} of the database`);
    if (page.u8(25) !== OVERFLOW_PAGE) throw new UnreadableDatabase(`page ${number} is not an overflow page`);
    const part = page.slice(PAGE_HEADER, page.u16(22, littleEndian));
    parts.push(part);
    filled += part.length;
    number = page.u32(16, littleEndian);
  }
  if (filled !== length) throw new UnreadableDatabase(`a value has ${filled} bytes instead of ${length}`);
  return Buffer.concat(parts);
}
