import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPackages } from '../../src/distro/read-packages.ts';
import { linesOf, madeDatabase, onlyDatabase, toolsList, treeOf } from './support/databases.ts';
import { headerOf, textField } from './support/rpm-header.ts';

const SQLITE = '/var/lib/rpm/rpmdb.sqlite';
const LOG = `${SQLITE}-wal`;
const NDB = '/var/lib/rpm/Packages.db';
const BDB = '/var/lib/rpm/Packages';

const changed = (name: string, change: (bytes: Buffer) => void): Buffer => {
  const bytes = madeDatabase(name);
  change(bytes);
  return bytes;
};
const problemOf = async (path: string, bytes: Uint8Array): Promise<string | null> => {
  const { problem, packages } = await onlyDatabase({ [path]: bytes });
  if (problem !== null) expect(packages).toEqual([]);
  return problem;
};

const PAGE = 4096;
const ROOT = PAGE;

/** A database of two pages or more: the schema with one table, and the table, which `fill` is to write. */
function smallSqlite(fill: (file: Buffer) => void, { table = 'Packages', pages = 2 } = {}): Buffer {
  const file = Buffer.alloc(pages * PAGE);
  madeDatabase('rpm-a.sqlite').copy(file, 0, 0, 100);
  const texts = ['table', table, table];
  const types = texts.map((text) => 13 + 2 * text.length);
  const record = Buffer.concat([
    Buffer.from([5, ...types, 1]),
    Buffer.from(texts.join('')),
    Buffer.from([2]),
  ]);
  leaf(file, 100, [1000]);
  Buffer.from([record.length, 1, ...record]).copy(file, 1000);
  fill(file);
  return file;
}

/** Writes the header of a leaf page at a position, with pointers to rows. */
function leaf(file: Buffer, at: number, pointers: readonly number[]): void {
  file[at] = 13;
  file.writeUInt16BE(pointers.length, at + 3);
  for (const [i, pointer] of pointers.entries()) file.writeUInt16BE(pointer, at + 8 + 2 * i);
}

describe('a malicious SQLite database', () => {
  test('with a circle of pages', async () => {
    const bytes = smallSqlite((file) => {
      file[ROOT] = 5;
      file.writeUInt32BE(2, ROOT + 8);
    });
    expect(await problemOf(SQLITE, bytes)).toBe('page 2 is used twice');
  });

  test('with many references to one page', async () => {
    const bytes = smallSqlite(
      (file) => {
        file[ROOT] = 5;
        file.writeUInt16BE(500, ROOT + 3);
        file.writeUInt32BE(3, ROOT + 8);
        for (let i = 0; i < 500; i++) file.writeUInt16BE(3000, ROOT + 12 + 2 * i);
        file.writeUInt32BE(3, ROOT + 3000);
        leaf(file, 2 * PAGE, []);
      },
      { pages: 3 },
    );
    expect(await problemOf(SQLITE, bytes)).toBe('page 3 is used twice');
  });

  test('with one row many times', async () => {
    const header = headerOf([textField(1000, 'a'), textField(1001, '1'), textField(1002, '2')]);
    // The length of the row, its number, and a record of null and a blob.
    const row = [4 + header.length, 1, 4, 0, 0x81, 2 * header.length + 12 - 128, ...header];
    const withRows = (count: number): Buffer =>
      smallSqlite((file) => {
        leaf(file, ROOT, Array(count).fill(4000));
        Buffer.from(row).copy(file, ROOT + 4000);
      });
    expect(await problemOf(SQLITE, withRows(1))).toBeNull();
    expect(await problemOf(SQLITE, withRows(1900))).toBe('its rows are longer than the whole database');
  });

  test('with a row of 2^56 bytes', async () => {
    const bytes = smallSqlite((file) => {
      leaf(file, ROOT, [100]);
      file.fill(0xff, ROOT + 100, ROOT + 108);
    });
    expect(await problemOf(SQLITE, bytes)).toBe('its rows are longer than the whole database');
  });

  test('with a row that repeats one page', async () => {
    // By the format, a row of 10,000 bytes has 1,816 in the page itself, then the number of the overflow page.
    const [length, local] = [10_000, 1816];
    const bytes = smallSqlite(
      (file) => {
        leaf(file, ROOT, [100]);
        Buffer.from([0x80 | (length >> 7), length & 0x7f, 1]).copy(file, ROOT + 100);
        file.writeUInt32BE(3, ROOT + 103 + local);
        file.writeUInt32BE(3, 2 * PAGE);
      },
      { pages: 3 },
    );
    expect(await problemOf(SQLITE, bytes)).toBe('page 3 is used twice');
  });

  test('without a table of packages', async () => {
    const bytes = smallSqlite(() => {}, { table: 'Luggages' });
    expect(await problemOf(SQLITE, bytes)).toBe('it has no table Packages');
  });

  test.each([
    ['no magic number', (file: Buffer) => file.fill(0x20, 0, 16), 'it is not an SQLite database'],
    [
      'pages of 3 bytes',
      (file: Buffer) => file.writeUInt16BE(3, 16),
      'it has an invalid page size of 3 bytes',
    ],
    [
      'pages without room',
      (file: Buffer) => file.writeUInt16BE(512, 16) && file.writeUInt8(255, 20),
      'are used',
    ],
    ['texts in UTF-16', (file: Buffer) => file.writeUInt32BE(2, 56), 'its text is not UTF-8'],
  ])('with %s', async (_, change, problem) => {
    const bytes = changed('rpm-a.sqlite', change);
    expect(await problemOf(SQLITE, bytes)).toMatch(problem);
  });

  test('that is truncated anywhere', async () => {
    const whole = madeDatabase('rpm-a.sqlite');
    for (const size of [1, 15, 16, 99, 100, 4095, 4096, 4097, 8192, whole.length / 2]) {
      expect(await problemOf(SQLITE, whole.subarray(0, size)), `${size} bytes`).not.toBeNull();
    }
  });
});

describe('a write-ahead log', () => {
  const lines = async (log: Buffer): Promise<string[]> =>
    linesOf(await onlyDatabase({ [SQLITE]: madeDatabase('rpm-b.unmerged.sqlite'), [LOG]: log }));
  const before = toolsList('rpm-a').sort();
  const HEADER = 32;

  test('that is not a log, has another page size or a damaged header is ignored', async () => {
    expect(await lines(Buffer.from('x'))).toEqual(before);
    expect(await lines(Buffer.alloc(10_000))).toEqual(before);
    expect(await lines(changed('rpm-b.unmerged.sqlite-wal', (log) => log.writeUInt8(1, 20)))).toEqual(before);
  });

  test('is used up to the last commit before a damaged or incomplete frame', async () => {
    const whole = madeDatabase('rpm-b.unmerged.sqlite-wal');
    const after = await lines(whole);
    expect(after).not.toEqual(before);
    expect(
      await lines(changed('rpm-b.unmerged.sqlite-wal', (log) => log.writeUInt8(0xff, HEADER + 24))),
    ).toEqual(before);
    expect(await lines(whole.subarray(0, HEADER + 24 + 4096))).toEqual(before);
    expect(await lines(Buffer.concat([whole, Buffer.alloc(5000)]))).toEqual(after);
  });
});

describe("a database of rpm's own format", () => {
  test('with all slots for one package', async () => {
    const bytes = changed('rpm-a.ndb', (file) => {
      for (let at = 48; at < 4096; at += 16) file.copy(file, at, 32, 48);
    });
    expect(await problemOf(NDB, bytes)).toBe('its packages are longer than the whole database');
  });

  test.each([
    [
      'more slots than bytes',
      (file: Buffer) => file.writeUInt32LE(0xffffffff, 12),
      'it ends before its last slot',
    ],
    ['an invalid slot', (file: Buffer) => file.writeUInt32LE(0, 48), 'it has no slot at byte 48'],
    ['a package beyond its end', (file: Buffer) => file.writeUInt32LE(0xfffffff, 40), 'ends before'],
    ['another version', (file: Buffer) => file.writeUInt32LE(1, 4), 'it has the unknown version 1'],
    ['another magic number', (file: Buffer) => file.writeUInt32LE(1, 0), 'it is not an rpm database'],
  ])('with %s', async (_, change, problem) => {
    expect(await problemOf(NDB, changed('rpm-a.ndb', change))).toMatch(problem);
  });
});

describe('a Berkeley DB', () => {
  const overflowPage = (file: Buffer): number => {
    const pages = Array.from({ length: file.length / PAGE }, (_, page) => page);
    const found = pages.find(
      (page) => file[page * PAGE + 25] === 7 && file.readUInt32LE(page * PAGE + 16) !== 0,
    );
    if (found === undefined) throw new Error('there is no overflow page');
    return found;
  };

  test('of the other byte order', async () => {
    const database = await onlyDatabase({ [BDB]: madeDatabase('rpm-a.swapped.bdb') });
    expect(linesOf(database)).toEqual(toolsList('rpm-a').sort());
  });

  test('with a circle of pages', async () => {
    const bytes = changed('rpm-a.bdb', (file) => {
      const page = overflowPage(file);
      file.writeUInt32LE(page, page * PAGE + 16);
    });
    expect(await problemOf(BDB, bytes)).toMatch('is used twice');
  });

  test('with a false length of a value', async () => {
    const bytes = changed('rpm-a.bdb', (file) => file.writeUInt16LE(0, overflowPage(file) * PAGE + 22));
    expect(await problemOf(BDB, bytes)).toMatch(/^a value has \d+ bytes instead of \d+$/);
  });

  test.each([
    ['encrypted', (file: Buffer) => file.writeUInt8(1, 24)],
    ['a tree', (file: Buffer) => file.writeUInt32LE(0x053162, 12)],
    ['of pages of 3 bytes', (file: Buffer) => file.writeUInt32LE(3, 20)],
    ['empty', (file: Buffer) => file.fill(0)],
  ])('that is %s', async (_, change) => {
    expect(await problemOf(BDB, changed('rpm-a.bdb', change))).not.toBeNull();
  });
});

describe('a database with random changes', () => {
  const places = [
    [SQLITE, 'rpm-a.sqlite'],
    [NDB, 'rpm-a.ndb'],
    [BDB, 'rpm-a.bdb'],
    [BDB, 'rpm-a.swapped.bdb'],
    ['/var/lib/dpkg/status', 'dpkg-a.status'],
    ['/lib/apk/db/installed', 'apk-a.installed'],
    [LOG, 'rpm-b.unmerged.sqlite-wal'],
  ] as const;

  test.each(places)('%s (%s) gives packages or a problem', async (path, name) => {
    const original = madeDatabase(name);
    const beside = path === LOG ? { [SQLITE]: madeDatabase('rpm-b.unmerged.sqlite') } : {};
    const change = fc.record({
      // Half of them where the structure is: at the beginnings of pages and of the file.
      at: fc.oneof(
        fc.nat(original.length - 1),
        fc
          .tuple(fc.nat(Math.floor(original.length / 4096)), fc.nat(60))
          .map(([page, offset]) => Math.min(page * 4096 + offset, original.length - 1)),
      ),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
        fc.constantFrom(
          new Uint8Array(4).fill(0xff),
          new Uint8Array(4),
          Uint8Array.of(0x7f, 0xff, 0xff, 0xff),
        ),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(original.length)),
        async (changes, size) => {
          const bytes = Buffer.from(original);
          for (const { at, bytes: over } of changes) bytes.set(over.subarray(0, bytes.length - at), at);
          const databases = await readPackages(
            treeOf({ ...beside, [path]: bytes.subarray(0, size ?? bytes.length) }),
          );
          for (const { packages, problem } of databases) {
            expect(problem === null || packages.length === 0).toBe(true);
            expect(packages.length).toBeLessThan(100_000);
          }
        },
      ),
      { numRuns: runs(100, 20_000) },
    );
  });
});
