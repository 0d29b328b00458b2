import { describe, expect, test } from 'vitest';
import { readApk } from '../../src/distro/apk/read-apk.ts';
import { readDpkg } from '../../src/distro/dpkg/read-dpkg.ts';
import { UnreadableDatabase } from '../../src/distro/unreadable.ts';

const dpkg = (text: string) => readDpkg([['status', Buffer.from(text)]]);
const apk = (text: string) => readApk(Buffer.from(text));

describe("dpkg's records", () => {
  const withStatus = (status: string) => dpkg(`Package: a\nStatus: ${status}\nVersion: 1\n\n`).length;

  test.each([
    'install ok installed',
    'hold ok installed',
    'deinstall ok installed',
    'install ok triggers-pending',
    'install ok triggers-awaited',
    'install ok half-configured',
    'install reinstreq unpacked',
  ])('a package with the status "%s" is there', (status) => expect(withStatus(status)).toBe(1));

  test.each([
    'deinstall ok config-files',
    'purge ok not-installed',
    'install reinstreq half-installed',
    'install',
    '',
  ])('a package with the status "%s" is not', (status) => expect(withStatus(status)).toBe(0));

  test('a removed package requires no version', () => {
    expect(dpkg('Package: a\nStatus: purge ok not-installed\n')).toEqual([]);
  });

  test('fields in any case, blanks around values, both line ends, and a last line without one', () => {
    expect(
      dpkg(
        '\r\n\r\npackage:a\r\nVERSION: \t1:2-3 \r\nArchitecture:\tamd64\r\n\r\n\r\nPackage: b\nVersion: 2',
      ),
    ).toEqual([
      { name: 'a', version: '1:2-3', architecture: 'amd64' },
      { name: 'b', version: '2', architecture: null },
    ]);
  });

  test('continuation lines are not fields', () => {
    const text = 'Package: a\nDescription: x\n Package: b\n\tVersion: 9\n .\nVersion: 1\n';
    expect(dpkg(text)).toEqual([{ name: 'a', version: '1', architecture: null }]);
  });

  test('a name with several architectures is several packages; the last record of each is used', () => {
    const record = (architecture: string, version: string) =>
      `Package: a\nVersion: ${version}\nArchitecture: ${architecture}\n\n`;
    expect(dpkg(record('amd64', '1') + record('i386', '1') + record('amd64', '2'))).toEqual([
      { name: 'a', version: '2', architecture: 'amd64' },
      { name: 'a', version: '1', architecture: 'i386' },
    ]);
  });

  test.each([
    ['Source: b', { source: 'b' }],
    ['Source: b (1:2-3)', { source: 'b', sourceVersion: '1:2-3' }],
    ['Source: a (2)', { sourceVersion: '2' }],
    ['Source: a', {}],
    ['Source: a b', {}],
    ['Installed-Size: 12', { statedBytes: 12_288 }],
    ['Installed-Size: -1', {}],
    [`Installed-Size: ${'9'.repeat(40)}`, {}],
    ['Maintainer: A <a@example.org>', { supplier: 'A <a@example.org>' }],
  ])('the field %j is a detail', (field, details) => {
    expect(dpkg(`Package: a\nVersion: 1\n${field}\n`)).toEqual([
      { name: 'a', version: '1', architecture: null, ...details },
    ]);
  });

  test.each([
    ['Version: 1\n\n', 'the record at byte 0 has no package name'],
    ['Package:\nVersion: 1\n', 'the record at byte 0 has no package name'],
    ['Package: a\nVersion: 1\n\nPackage: b\n', 'the record at byte 23 has no version'],
    ['Package: a\nVersion: 1\ngarbage\n', 'the line at byte 22 is not a field of a record'],
    [' Package: a\nVersion: 1\n', 'the line at byte 0 is not a field of a record'],
    [`\u007fELF${'\0'.repeat(300)}:`, 'the line at byte 0 is not a field of a record'],
  ])('%j is refused', (text, message) => {
    expect(() => dpkg(text)).toThrow(new UnreadableDatabase(message));
  });

  test('an error in one of several files names the file', () => {
    const files = [
      ['/one', Buffer.from('Package: a\nVersion: 1\n')],
      ['/two', Buffer.from('x')],
    ] as const;
    expect(() => readDpkg(files)).toThrow(
      new UnreadableDatabase('in /two, the line at byte 0 is not a field of a record'),
    );
  });
});

describe("apk's records", () => {
  test('names, versions and architectures, among other fields', () => {
    expect(apk('C:Q1\nP:a\nV:1-r0\nA:x86_64\nT:P:b\nF:etc\na:0:0:755\nR:V\n\n\nP:b\nV:2\n')).toEqual([
      { name: 'a', version: '1-r0', architecture: 'x86_64' },
      { name: 'b', version: '2', architecture: null },
    ]);
  });

  test('the origin where it has another name, the licence, the maintainer and the size', () => {
    const text = 'P:a\nV:1\no:b\nL:MIT AND ISC\nm:A <a@example.org>\nS:1\nI:4096\n\nP:c\nV:1\no:c\nI:x\n';
    expect(apk(text)).toEqual([
      {
        name: 'a',
        version: '1',
        architecture: null,
        source: 'b',
        licence: 'MIT AND ISC',
        supplier: 'A <a@example.org>',
        statedBytes: 4096,
      },
      { name: 'c', version: '1', architecture: null },
    ]);
  });

  test.each([
    ['P:a\n', 'the record at byte 0 has no package name or version'],
    ['P:a\nV:1\n\nV:1\n', 'the record at byte 9 has no package name or version'],
    ['P:a\nV:1\nx\n', 'the line at byte 8 is not a field of a record'],
  ])('%j is refused', (text, message) => {
    expect(() => apk(text)).toThrow(new UnreadableDatabase(message));
  });

  test('an empty file has no packages', () => expect(apk('')).toEqual([]));
});
