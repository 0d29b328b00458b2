import { boundedBytes } from '../bounded-bytes.js';
import { UnreadableDatabase } from '../unreadable.js';
import { committedPages } from './sqlite-wal.js';

/** The pages of an SQLite database, with the committed pages of its write-ahead log. */
export interface SqlitePages {
  readonly pageSize: number;
  /** Bytes of a page without the end that extensions reserve. */
  readonly usableSize: number;
  /** The upper bound of the bytes of all pages. */
  readonly totalBytes: number;
  /** Returns a page by number, from 1 on. Throws UnreadableDatabase where there is none. */
  page(number: number): Uint8Array;
}

const MAGIC = Buffer.from('SQLite format 3\0');
const UTF8 = 1;

/**
 * Opens a database with its write-ahead log. Pages in the log override those of the file, which may be empty. Throws
 * UnreadableDatabase.
 *
 * @see https://www.sqlite.org/fileformat2.html section 1.3
 */
export function openSqlitePages(file: Uint8Array, log: Uint8Array | undefined): SqlitePages {
  const committed = committedPages(log);
  const first = committed.pages.get(1) ?? file;
  if (!MAGIC.equals(first.subarray(0, MAGIC.length)))
    throw new UnreadableDatabase('it is not an SQLite database');
  const header = boundedBytes(first, 'the header of the database');
  const size = header.u16(16);
  const pageSize = size === 1 ? 65_536 : size;
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) {
    throw new UnreadableDatabase(`it has an invalid page size of ${pageSize} bytes`);
  }
  if (committed.pages.size > 0 && committed.pageSize !== pageSize) {
    throw new UnreadableDatabase('its write-ahead log has another page size');
  }
  const usableSize = pageSize - header.u8(20);
  const encoding = header.u32(56);
  if (usableSize < 480) throw new UnreadableDatabase(`only ${usableSize} bytes of its pages are used`);
  if (encoding > UTF8) throw new UnreadableDatabase('its text is not UTF-8');
  return {
    pageSize,
    usableSize,
    totalBytes: file.length + committed.pages.size * pageSize,
    page(number) {
      const inLog = committed.pages.get(number);
      if (inLog !== undefined) return inLog;
      const start = (number - 1) * pageSize;
      if (number < 1 || start + pageSize > file.length)
        throw new UnreadableDatabase(`it has no page ${number}`);
      return file.subarray(start, start + pageSize);
    },
  };
}
