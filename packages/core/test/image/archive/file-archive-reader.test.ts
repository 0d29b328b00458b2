import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { gnuLongName, json, ofType, patched } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildEntry, buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import type { ArchiveFile } from '../../../src/image/archive/archive-reader.ts';
import { WAYS } from '../../support/archive-readers.ts';

const scratch = useScratch();
const END = Buffer.alloc(1024);
const tar = (...files: readonly Uint8Array[]): Buffer => Buffer.concat([...files, END]);
const document = (path: string, value: unknown = path): Buffer => buildEntry({ path, data: json(value) });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** The properties that are equal for a file and a pipe. */
describe.each(WAYS)('the files of an archive in %s', (_, read) => {
  const open = (bytes: Uint8Array) => read(bytes, scratch);
  const codes = async (bytes: Uint8Array) => (await open(bytes)).findings.map(({ code }) => code);

  test('have clean names, their bytes and the order of the archive', async () => {
    const reader = await open(
      tar(
        document('./manifest.json', { a: 1 }),
        buildEntry({ path: 'directory/', type: 'directory' }),
        document('/directory//b.json'),
        document('../outside'),
        buildEntry({ path: 'fifo', type: 'fifo' }),
        buildEntry({ path: 'null', type: 'char', devmajor: 1, devminor: 3 }),
        document('a/../c'),
      ),
    );
    expect([...reader.names()]).toEqual(['manifest.json', 'directory/b.json', 'c']);
    const manifest = reader.find('manifest.json');
    expect(manifest).toEqual({ name: 'manifest.json', type: 'file', size: 7, target: null });
    expect(manifest === null ? '' : text(reader.read(manifest))).toBe('{"a":1}');
    expect(reader.find('./directory/b.json')?.size).toBe('"/directory//b.json"'.length);
    for (const name of ['directory', 'fifo', 'null', 'outside', ''])
      expect(reader.find(name), name).toBeNull();
    expect(reader.findings).toEqual([]);
  });

  test('have the long names of PAX and of GNU', async () => {
    const long = `${'directory-'.repeat(30)}/${'name-'.repeat(30)}.json`;
    const reader = await open(
      tar(
        buildEntry({ path: `pax/${long}`, data: json(1) }),
        gnuLongName({ path: `gnu/${long}`, data: json(22) }),
        buildEntry({ path: 'pax/ünï.json', data: json(333) }),
        buildEntry({ path: 'l', type: 'symlink', linkpath: `gnu/${long}` }),
      ),
    );
    expect([...reader.names()]).toEqual([`pax/${long}`, `gnu/${long}`, 'pax/ünï.json', 'l']);
    expect(reader.find('l')?.name).toBe(`gnu/${long}`);
    expect(reader.find('l')?.size).toBe(2);
  });

  test('are found through symlinks and hard links, as bazel and docker write them', async () => {
    const reader = await open(
      tar(
        document('a/layer.tar'),
        buildEntry({ path: 'b/layer.tar', type: 'symlink', linkpath: '../a/layer.tar' }),
        buildEntry({ path: 'c/layer.tar', type: 'link', linkpath: 'a/layer.tar' }),
        buildEntry({ path: 'd/layer.tar', type: 'symlink', linkpath: '/b/layer.tar' }),
        buildEntry({ path: 'dangling', type: 'symlink', linkpath: 'nowhere' }),
        buildEntry({ path: 'out', type: 'symlink', linkpath: '../../etc/passwd' }),
        buildEntry({ path: 'x', type: 'symlink', linkpath: 'y' }),
        buildEntry({ path: 'y', type: 'symlink', linkpath: 'x' }),
      ),
    );
    for (const name of ['a', 'b', 'c', 'd'])
      expect(reader.find(`${name}/layer.tar`)?.name).toBe('a/layer.tar');
    expect(reader.find('dangling')).toBeNull();
    for (const name of ['out', 'x', 'y'])
      expect(await codeOfAsync(() => reader.find(name)), name).toBe('ERR_LAYERS_ARCHIVE_LINK');
  });

  test('that occur twice are used from the last one, with a finding', async () => {
    const reader = await open(
      tar(
        buildEntry({ path: 'a', type: 'symlink', linkpath: 'b' }),
        document('a', 'first'),
        document('./a', 'second'),
        document('b'),
      ),
    );
    const a = reader.find('a');
    expect(a === null ? '' : text(reader.read(a))).toBe('"second"');
    expect(reader.findings.map(({ code }) => code)).toEqual(['duplicate-file', 'duplicate-file']);
    expect([reader.occurrence('a'), reader.occurrence('b')]).toEqual([2, 1]);
  });

  test('do not include data after the end marker', async () => {
    for (const [rest, codes] of [
      [document('late.json'), ['archive-trailing-data']],
      [Buffer.from('garbage'), ['archive-trailing-data']],
      [Buffer.alloc(3000), []],
      [Buffer.alloc(700, 1), ['archive-trailing-data']],
    ] as const) {
      const reader = await open(Buffer.concat([tar(document('a')), rest]));
      expect([...reader.names()]).toEqual(['a']);
      expect(reader.findings.map(({ code }) => code)).toEqual(codes);
    }
  });

  test('may have a single block of zeros between them, and no end marker, with a finding', async () => {
    const lone = Buffer.concat([document('a'), Buffer.alloc(512), document('b')]);
    const reader = await open(Buffer.concat([lone, END]));
    expect([...reader.names()]).toEqual(['a', 'b']);
    expect(reader.findings).toEqual([
      {
        code: 'archive-oddity',
        severity: 'note',
        message: 'a single block of zeros between two entries',
        place: { offset: 1536 },
      },
    ]);
    expect(await codes(lone)).toEqual(['archive-oddity', 'archive-oddity']);
    expect((await open(document('a'))).findings).toEqual([
      {
        code: 'archive-oddity',
        severity: 'note',
        message: 'the archive does not end with two blocks of zeros',
        place: { offset: 1024 },
      },
    ]);
    expect(await codes(Buffer.concat([document('a'), Buffer.alloc(512)]))).toEqual(['archive-oddity']);
  });

  test('may lack the padding of the last one, with a finding', async () => {
    const reader = await open(document('a', 'text').subarray(0, 512 + 6));
    expect([...reader.names()]).toEqual(['a']);
    expect(reader.findings.map(({ message, place }) => [message, place?.offset])).toEqual([
      ['the last file is not padded to a whole block', 518],
      ['the archive does not end with two blocks of zeros', 518],
    ]);
  });

  test('may have headers older than POSIX, and of contiguous files', async () => {
    const v7 = patched(document('old'), (header) => void header.fill(0, 257, 512));
    const reader = await open(tar(ofType(v7, '\0'), ofType(document('contiguous'), '7')));
    expect([...reader.names()]).toEqual(['old', 'contiguous']);
    expect((await open(tar())).findings).toEqual([]);
  });

  test.each([
    ['has data, which its type does not allow', ofType(buildEntry({ path: 'l', data: json('x') }), '2')],
    ['is sparse or of an unknown type', ofType(document('s'), '?')],
    [
      'is sparse or of an unknown type',
      buildEntry({ path: 's', data: Buffer.alloc(5), sparse: { realSize: 600, extents: [[0, 5]] } }),
    ],
  ])('cause an error where one %s', async (why, odd) => {
    const error = await errorOfAsync(() => open(tar(document('a'), odd)));
    expect([error.code, error.offset]).toEqual(['ERR_LAYERS_ARCHIVE_FILE', 1024]);
    expect(error.message).toContain(why);
  });

  test('cause an error for an invalid sparse map', async () => {
    expect(await codeOfAsync(() => open(tar(ofType(document('s'), 'S'))))).not.toBeNull();
  });

  test('cause an error with the offset of a damaged header', async () => {
    const bytes = tar(document('a'), document('b'), document('c'));
    bytes.write('X', 1024 + 20);
    const error = await errorOfAsync(() => open(bytes));
    expect([error.code, error.offset]).toEqual(['ERR_LAYERS_TAR_CHECKSUM', 1024]);
    expect(error.hint).toBeDefined();
  });

  test('cause an error where the archive is truncated anywhere', async () => {
    const bytes = buildTar([
      { path: 'a', data: Buffer.alloc(1500, 65) },
      { path: 'b', data: json('x') },
    ]);
    const ends: (string | null)[] = [];
    for (let at = 256; at < bytes.length - 1024; at += 256) {
      ends.push(await codeOfAsync(() => open(bytes.subarray(0, at))));
    }
    // Between two files the archive may end, and after the data of the last one only zeros are missing.
    const cut = 'ERR_LAYERS_TAR_TRUNCATED';
    expect(ends).toEqual([cut, cut, cut, cut, cut, cut, cut, null, cut, cut, null]);
  });

  test('cause an error for a large extension header before it is read', async () => {
    const big = ofType(buildEntry({ path: 'x', data: Buffer.alloc(5_000_000) }), 'x');
    const error = await errorOfAsync(() => open(tar(big, document('a'))));
    expect([error.code, error.offset]).toEqual(['ERR_LAYERS_TAR_EXTENSION_TOO_LARGE', 0]);
  });

  test('cause an error, without allocation, for a file of 2^60 bytes', async () => {
    const huge = patched(document('manifest.json'), (header) => {
      header.fill(0, 124, 136);
      header[124] = 0x80;
      header[128] = 0x10;
    });
    expect(await codeOfAsync(() => open(tar(huge)))).toMatch(/^ERR_LAYERS_(TAR|ARCHIVE)_/);
  });

  test('cause an error where a document is too large', async () => {
    const reader = await open(tar(document('small'), buildEntry({ path: 'big', data: LARGE })));
    const big = reader.find('big');
    const error = await errorOfAsync(() => reader.read(big ?? NO_MEMBER));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_JSON', file: 'big' });
  });
});

const LARGE = Buffer.alloc(20 * 1024 * 1024 + 1, 0x20);
const NO_MEMBER: ArchiveFile = { name: 'none', type: 'file', size: 0, target: null };
