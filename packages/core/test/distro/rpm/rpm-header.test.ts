import { describe, expect, test } from 'vitest';
import { packageOfHeader } from '../../../src/distro/rpm/rpm-header.ts';
import { UnreadableDatabase } from '../../../src/distro/unreadable.ts';
import { type HeaderField, headerOf, numberField, textField } from '../support/rpm-header.ts';

const [NAME, VERSION, RELEASE, EPOCH, SUMMARY, ARCHITECTURE] = [1000, 1001, 1002, 1003, 1004, 1022];
const PLAIN: readonly HeaderField[] = [
  textField(NAME, 'a'),
  textField(VERSION, '1'),
  textField(RELEASE, '2'),
];

describe('the header of a package', () => {
  test('has name, version, release and architecture', () => {
    const header = headerOf([
      [63, 7, Buffer.alloc(16)],
      ...PLAIN,
      textField(SUMMARY, 'x'),
      textField(ARCHITECTURE, 'noarch'),
    ]);
    expect(packageOfHeader(header)).toEqual({ name: 'a', version: '1-2', architecture: 'noarch' });
  });

  test.each([
    [0, '1-2'],
    [3, '3:1-2'],
    [0xffffffff, '4294967295:1-2'],
  ])('with the epoch %i has the version %s', (epoch, version) => {
    expect(packageOfHeader(headerOf([...PLAIN, numberField(EPOCH, epoch)]))?.version).toBe(version);
  });

  test('may have no architecture', () => {
    expect(packageOfHeader(headerOf(PLAIN))).toEqual({ name: 'a', version: '1-2', architecture: null });
  });

  test('may have a vendor, a licence, a source package and a size', () => {
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(5_000_000_000n);
    const fields = [
      ...PLAIN,
      numberField(1009, 7),
      textField(1011, 'A Vendor'),
      textField(1014, 'MIT'),
      textField(1044, 'a-1-2.src.rpm'),
    ];
    const details = { supplier: 'A Vendor', licence: 'MIT', source: 'a-1-2.src.rpm' };
    expect(packageOfHeader(headerOf(fields))).toMatchObject({ ...details, statedBytes: 7 });
    expect(packageOfHeader(headerOf([...fields, [5009, 5, long]]))?.statedBytes).toBe(5_000_000_000);
    const none = headerOf([...PLAIN, textField(1011, '(none)')]);
    expect(packageOfHeader(none)).not.toHaveProperty('supplier');
  });

  test('of a public key is not a package', () => {
    const key = [textField(NAME, 'gpg-pubkey'), textField(VERSION, 'f00'), textField(RELEASE, 'ba4')];
    expect(packageOfHeader(headerOf(key))).toBeNull();
  });

  test('may have fields in any order, and their data in another one', () => {
    expect(packageOfHeader(headerOf([...PLAIN].reverse()))?.version).toBe('1-2');
  });

  const damaged = (change: (header: Buffer) => void): Buffer => {
    const header = headerOf(PLAIN);
    change(header);
    return header;
  };
  test.each([
    ['no bytes', Buffer.alloc(0)],
    ['a count of fields beyond its end', damaged((header) => header.writeUInt32BE(0xffffffff, 0))],
    ['a length of data beyond its end', damaged((header) => header.writeUInt32BE(0xffffffff, 4))],
    ['a text that begins beyond its end', damaged((header) => header.writeUInt32BE(0xfffffff0, 16))],
    ['a text without end', damaged((header) => header.fill(0x61, 8 + 3 * 16))],
    ['a name that is a number', headerOf([numberField(NAME, 1), ...PLAIN.slice(1)])],
    ['no release', headerOf(PLAIN.slice(0, 2))],
    ['an epoch that begins beyond its end', damaged((header) => header.writeUInt32BE(0x03eb0000, 8))],
  ])('with %s is refused', (_, header) => {
    expect(() => packageOfHeader(header)).toThrow(UnreadableDatabase);
  });

  test('is refused where data is beyond its length', () => {
    const header = Buffer.concat([damaged((bytes) => bytes.writeUInt32BE(1, 4)), Buffer.alloc(64)]);
    expect(() => packageOfHeader(header)).toThrow(UnreadableDatabase);
  });
});
