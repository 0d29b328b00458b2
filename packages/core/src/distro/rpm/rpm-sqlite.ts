import { openSqlitePages } from '../sqlite/sqlite-pages.js';
import { forEachRow, recordValues } from '../sqlite/sqlite-table.js';
import { UnreadableDatabase } from '../unreadable.js';

/** The first page of the table of the schema. */
const SCHEMA_PAGE = 1;
const PACKAGES = Buffer.from('Packages');
const TABLE = Buffer.from('table');

/**
 * Calls `visit` with each header in rpm's SQLite database, `rpmdb.sqlite`, with its write-ahead log where there is one.
 * The table `Packages` has the columns number and header. Throws UnreadableDatabase.
 */
export function forEachSqliteHeader(
  file: Uint8Array,
  log: Uint8Array | undefined,
  visit: (header: Uint8Array) => void,
): void {
  const pages = openSqlitePages(file, log);
  let root: number | undefined;
  forEachRow(pages, SCHEMA_PAGE, (record) => {
    const [type, name, , page] = recordValues(record, 4);
    if (isText(type, TABLE) && isText(name, PACKAGES) && typeof page === 'number') root = page;
  });
  if (root === undefined) throw new UnreadableDatabase('it has no table Packages');
  forEachRow(pages, root, (record) => {
    const header = recordValues(record, 2)[1];
    if (!(header instanceof Uint8Array))
      throw new UnreadableDatabase('a row of the table Packages has no header');
    visit(header);
  });
}

function isText(value: Uint8Array | number | null | undefined, text: Buffer): boolean {
  return value instanceof Uint8Array && text.equals(value);
}
