import { describe, expect, test } from 'vitest';
import { forEachFileOfHeader, type RpmFile } from '../../../src/distro/rpm/rpm-files.ts';
import { UnreadableDatabase } from '../../../src/distro/unreadable.ts';
import { type HeaderField, headerOf, numberField, textField } from '../support/rpm-header.ts';

const [NAME, DIGESTS, DIRECTORY_INDEXES, BASE_NAMES, DIRECTORY_NAMES, ALGORITHM] = [
  1000, 1035, 1116, 1117, 1118, 5011,
];

/** A field of several texts, with their number. */
const texts = (tag: number, list: readonly string[]): HeaderField => [
  tag,
  8,
  Buffer.from(list.map((text) => `${text}\0`).join('')),
];

function filesOf(header: Buffer): RpmFile[] {
  const files: RpmFile[] = [];
  forEachFileOfHeader(header, (file) => files.push(file));
  return files;
}

/** Sets the number of values of a field. */
function withCounts(header: Buffer, counts: ReadonlyMap<number, number>): Buffer {
  for (let at = 8; at < 8 + 16 * header.readUInt32BE(0); at += 16) {
    const count = counts.get(header.readUInt32BE(at));
    if (count !== undefined) header.writeUInt32BE(count, at + 12);
  }
  return header;
}

const DIGEST = 'ab'.repeat(32);

function packageWith(more: readonly HeaderField[]): Buffer {
  const indexes = Buffer.alloc(12);
  indexes.writeUInt32BE(1, 4);
  const header = headerOf([
    textField(NAME, 'pkg'),
    texts(DIGESTS, [DIGEST, DIGEST, '']),
    [DIRECTORY_INDEXES, 4, indexes],
    texts(BASE_NAMES, ['a', 'b', 'link']),
    texts(DIRECTORY_NAMES, ['/etc/', '/usr/share/']),
    ...more,
  ]);
  const counts = new Map([
    [DIGESTS, 3],
    [DIRECTORY_INDEXES, 3],
    [BASE_NAMES, 3],
    [DIRECTORY_NAMES, 2],
  ]);
  return withCounts(header, counts);
}

describe('the files in the header of a package', () => {
  test('have paths and digests, unless they have no content', () => {
    expect(filesOf(packageWith([numberField(ALGORITHM, 8)]))).toEqual([
      { package: 'pkg', path: '/etc/a', algorithm: 'sha256', digest: DIGEST },
      { package: 'pkg', path: '/usr/share/b', algorithm: 'sha256', digest: DIGEST },
    ]);
  });

  test('have digests of MD5 where the header names no algorithm', () => {
    expect(filesOf(packageWith([])).map(({ algorithm }) => algorithm)).toEqual(['md5', 'md5']);
  });

  test('are left out where the algorithm is unknown', () => {
    expect(filesOf(packageWith([numberField(ALGORITHM, 99)]))).toEqual([]);
  });

  test('may be none', () => {
    expect(filesOf(headerOf([textField(NAME, 'pkg')]))).toEqual([]);
  });

  test('in a header with a wrong number of texts are refused', () => {
    const header = withCounts(packageWith([]), new Map([[DIRECTORY_NAMES, 0xffffffff]]));
    expect(() => filesOf(header)).toThrow(UnreadableDatabase);
  });

  test('with directories that do not exist are left out', () => {
    const header = withCounts(packageWith([]), new Map([[DIRECTORY_NAMES, 1]]));
    expect(filesOf(header).map(({ path }) => path)).toEqual(['/etc/a']);
  });
});
