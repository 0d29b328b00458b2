import { describe, expect, it } from 'vitest';
import { readRange } from '../../../../src/packages/languages/file-ranges.ts';
import { MalformedFile } from '../../../../src/packages/languages/malformed-file.ts';
import { isReadable, readEntry, storedFile } from '../../../../src/packages/languages/zip/zip-content.ts';
import { zipEntries } from '../../../../src/packages/languages/zip/zip-entries.ts';
import { buildZip, type ZipForm, type ZipPart } from '../build-zip.ts';
import { fileOf } from '../files.ts';

const PARTS: readonly ZipPart[] = [
  { name: 'a/b.txt', data: 'deflated '.repeat(100) },
  { name: 'é.jar', data: 'stored', isStored: true },
  { name: 'empty', data: '' },
];

function contentsOf(bytes: Uint8Array): unknown {
  const file = fileOf('/a.jar', bytes);
  return [...zipEntries(file)].map((entry) => [entry.name, Buffer.from(readEntry(file, entry)).toString()]);
}

describe('the files of a zip archive', () => {
  it.each<[string, ZipForm]>([
    ['plain', {}],
    ['with a comment', { comment: 'x'.repeat(0xffff) }],
    ['with a script before it', { prefix: '#!/bin/sh\nexec java -jar "$0"\n' }],
    [
      'with a comment that contains the end of another archive',
      { comment: `PK\x05\x06${'\xff'.repeat(9)}PK\x05\x06` },
    ],
    ['zip64', { isZip64: true }],
    ['zip64 with a script and a comment', { isZip64: true, prefix: '#!', comment: 'PK' }],
  ])('%s', (_, form) => {
    expect(contentsOf(buildZip(PARTS, form))).toEqual(PARTS.map(({ name, data }) => [name, data]));
  });

  it('are read in windows', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      name: `${'directory/'.repeat(10)}${index}`,
      data: '',
      isStored: true,
    }));
    const file = fileOf('/a.jar', buildZip(many));
    expect([...zipEntries(file)].map(({ name }) => name)).toEqual(many.map(({ name }) => name));
    expect(file.reads).toBeLessThan(10);
  });

  it('are none of an empty archive', () => {
    expect(contentsOf(buildZip([]))).toEqual([]);
  });

  it('may be stored, and then are files without being read', () => {
    const file = fileOf('/a.jar', buildZip(PARTS));
    const [deflated, stored] = zipEntries(file);
    if (deflated === undefined || stored === undefined) throw new Error('no files');
    expect(storedFile(file, deflated, 'x')).toBeNull();
    const inner = storedFile(file, stored, 'x');
    expect(inner).toMatchObject({ path: 'x', size: 6 });
    expect(Buffer.from(inner?.read(2, 100) ?? []).toString()).toBe('ored');
    expect(inner?.read(6, 1)).toHaveLength(0);
    expect(() => inner !== null && readRange(inner, 5, 2)).toThrow(MalformedFile);
  });
});

describe('a damaged zip archive', () => {
  const listing = (bytes: Uint8Array) => () => [...zipEntries(fileOf('/a.jar', bytes))];
  const plain = buildZip(PARTS);

  it('is recognised', () => {
    expect(listing(Buffer.alloc(0))).toThrow(MalformedFile);
    expect(listing(Buffer.alloc(100, 'PK'))).toThrow(MalformedFile);
    expect(listing(plain.subarray(0, -1))).toThrow(MalformedFile);
    expect(listing(plain.subarray(100))).toThrow(MalformedFile);
    const signature = Buffer.from(plain);
    signature[plain.lastIndexOf('PK\x01\x02')] = 0;
    expect(listing(signature)).toThrow(MalformedFile);
  });

  it('has no entry behind its directory', () => {
    const long = buildZip([{ name: 'a', data: '', damage: (header) => header.writeUInt16LE(60_000, 30) }]);
    expect(listing(long)).toThrow(MalformedFile);
  });

  it.each<[string, (header: Buffer) => void]>([
    ['a position behind the file', (header) => header.writeUInt32LE(0x7fffffff, 42)],
    ['a position that is no header', (header) => header.writeUInt32LE(1, 42)],
    ['a size that is too large', (header) => header.writeUInt32LE(0x7fffffff, 20)],
    ['data that is longer than stated', (header) => header.writeUInt32LE(5, 24)],
    ['data that is cut', (header) => header.writeUInt32LE(3, 20)],
    ['stored data as deflated', (header) => header.writeUInt32LE(0, 42)],
  ])('has no content with %s', (_, damage) => {
    const [first] = PARTS;
    if (first === undefined) throw new Error('no part');
    const file = fileOf(
      '/a.jar',
      buildZip([
        { name: 'x', data: 'stored data', isStored: true },
        { ...first, damage },
      ]),
    );
    const entry = [...zipEntries(file)][1];
    expect(() => entry !== undefined && readEntry(file, entry)).toThrow(MalformedFile);
  });

  it('has files that cannot be read: encrypted ones, and those with other methods', () => {
    const [encrypted, lzma, plainEntry] = zipEntries(
      fileOf(
        '/a.jar',
        buildZip([
          { name: 'a', data: '', damage: (header) => header.writeUInt16LE(1, 8) },
          { name: 'b', data: '', damage: (header) => header.writeUInt16LE(14, 10) },
          { name: 'c', data: '' },
        ]),
      ),
    );
    expect([encrypted, lzma, plainEntry].map((each) => each !== undefined && isReadable(each))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
