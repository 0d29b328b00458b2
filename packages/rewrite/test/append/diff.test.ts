import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { expect, test, vi } from 'vitest';
import { planAppend } from '../../src/append/plan-append.ts';
import { appended, entriesOf, imageOf, treeOf } from './support.ts';

// The program getfattr may be missing. Other tests read extended attributes from disk.
vi.mock('../../src/append/disk-xattrs.ts', () => {
  const none = { byPath: new Map(), problem: null };
  return { readXattrsBelow: () => none, readXattrsOf: () => none };
});

const scratch = useScratch();

const CAPABILITY = new Map([['security.capability', Buffer.from([1, 0, 0, 2])]]);
const BASE: EntrySpec[] = [
  { type: 'directory', path: 'd', mode: 0o755, mtime: 1 },
  { path: 'd/same', data: Buffer.from('same'), mtime: 1 },
  { path: 'd/content', data: Buffer.from('old!'), mtime: 1 },
  { path: 'd/size', data: Buffer.from('old'), mtime: 1 },
  { path: 'd/mode', data: Buffer.from('x'), mtime: 1 },
  { path: 'd/gone', data: Buffer.from('x'), mtime: 1 },
  { path: 'd/empty', mtime: 1 },
  { path: 'd/cap', data: Buffer.from('c'), xattrs: CAPABILITY, mtime: 1 },
  { path: 'd/type', data: Buffer.from('x'), mtime: 1 },
  { type: 'symlink', path: 'd/sym', linkpath: 'same' },
  { type: 'symlink', path: 'd/sym2', linkpath: 'same' },
  { type: 'directory', path: 'd/missing', mtime: 1 },
  { path: 'd/missing/file', mtime: 1 },
  { type: 'char', path: 'd/tty', devmajor: 5, devminor: 1 },
  { path: 'other', data: Buffer.from('outside'), mtime: 1 },
];

function changedFolder(): string {
  const top = mkdtempSync(join(scratch.folder, 'changed-'));
  const write = (name: string, text: string, mode = 0o644): void => {
    writeFileSync(join(top, name), text);
    chmodSync(join(top, name), mode);
    utimesSync(join(top, name), 99, 99);
  };
  write('same', 'same');
  write('content', 'new!');
  write('size', 'newer');
  write('mode', 'x', 0o600);
  write('empty', '');
  write('cap', 'c');
  write('new', 'n');
  mkdirSync(join(top, 'type'));
  symlinkSync('same', join(top, 'sym'));
  symlinkSync('other', join(top, 'sym2'));
  return top;
}

test.each([null, 'gzip'] as const)(
  'only changed files are added, and missing files are deleted (layers: %s)',
  async (compression) => {
    const base = await imageOf(scratch, [BASE, [{ path: 'above', data: Buffer.from('x') }]], { compression });
    const source = changedFolder();
    const plan = await planAppend(base, [{ source, destination: '/d' }], [], { diff: true });
    expect(await entriesOf(plan)).toEqual([
      'd/',
      'd/.wh.gone',
      'd/.wh.missing',
      'd/.wh.tty',
      'd/sym2 -> other',
      'd/type/',
      'd/content',
      'd/mode',
      'd/new',
      'd/size',
    ]);
    expect(plan).toMatchObject({ unchanged: 4, deleted: 3, parents: 1, findings: [] });
    const tree = await treeOf(await appended(scratch, base, plan));
    expect(tree).toMatchObject({
      '/d': 'dir 755 0:0 @1.0',
      '/d/cap': expect.stringContaining('security.capability=01000002'),
      '/d/same': expect.stringContaining('@1.0 "same"'),
      '/d/content': expect.stringContaining('@99.0 "new!"'),
      '/other': expect.stringContaining('outside'),
    });
  },
);

test('without `mirror`, no file is deleted; `mirror` alone deletes files and adds all files', async () => {
  const base = await imageOf(scratch, [BASE]);
  const source = changedFolder();
  const kept = await planAppend(base, [{ source, destination: '/d' }], [], { diff: true, mirror: false });
  expect(kept).toMatchObject({ deleted: 0, unchanged: 4 });
  const mirrored = await planAppend(base, [{ source, destination: '/d' }], [], { mirror: true });
  expect(mirrored).toMatchObject({ deleted: 3, unchanged: 0 });
  expect(mirrored.findings).toMatchObject([{ code: 'xattrs-lost', place: { path: '/d/cap' } }]);
});

test.each([null, 'gzip'] as const)(
  'a tar with the files of the image adds nothing (layers: %s)',
  async (compression) => {
    const base = await imageOf(scratch, [BASE], { compression });
    const source = scratch.file(buildTar(BASE.map((entry) => ({ ...entry, mtime: 5 }))));
    const plan = await planAppend(base, [{ source, destination: '/' }], [], { diff: true });
    expect(plan).toMatchObject({ tarBytes: 1024, unchanged: BASE.length, files: 0, deleted: 0 });
  },
);

test('xattrs of a tar are compared', async () => {
  const base = await imageOf(scratch, [[{ path: 'f', data: Buffer.from('x'), xattrs: CAPABILITY }]]);
  const source = scratch.file(buildTar([{ path: 'f', data: Buffer.from('x') }]));
  const plan = await planAppend(base, [{ source, destination: '/' }], [], { diff: true });
  expect(await entriesOf(plan)).toEqual(['f']);
});

test('directories without an entry in the tar are not deleted', async () => {
  const base = await imageOf(scratch, [
    [{ type: 'directory', path: 'a', uid: 7 }, { path: 'a/f' }, { path: 'a/g' }, { path: 'h' }],
  ]);
  const source = scratch.file(buildTar([{ path: 'a/f' }]));
  const plan = await planAppend(base, [{ source, destination: '/' }], [], { diff: true });
  expect(await entriesOf(plan)).toEqual(['.wh.h', 'a/', 'a/.wh.g']);
  expect((await treeOf(await appended(scratch, base, plan)))['/a']).toContain('7:0');
});

test('a directory that replaces a symlink is a change', async () => {
  const base = await imageOf(scratch, [
    [
      { type: 'directory', path: 'usr' },
      { type: 'directory', path: 'usr/lib' },
      { type: 'symlink', path: 'lib', linkpath: 'usr/lib' },
    ],
  ]);
  const source = scratch.file(
    buildTar([
      { type: 'directory', path: 'usr' },
      { type: 'directory', path: 'usr/lib' },
      { type: 'directory', path: 'lib' },
      { path: 'lib/x' },
    ]),
  );
  const plan = await planAppend(base, [{ source, destination: '/' }], [], { diff: true });
  expect(await entriesOf(plan)).toEqual(['lib/', 'lib/x']);
});

test('an unchanged directory keeps its attributes if a file in it changes', async () => {
  const attributes = { mode: 0o755, mtime: 5, xattrs: new Map([['user.a', Buffer.from('b')]]) };
  const base = await imageOf(scratch, [
    [
      { type: 'directory', path: 'd', ...attributes },
      { type: 'directory', path: 'd/sub', ...attributes },
    ],
  ]);
  const source = mkdtempSync(join(scratch.folder, 'nested-'));
  mkdirSync(join(source, 'sub'), { mode: 0o755 });
  writeFileSync(join(source, 'sub/new'), 'n');
  const plan = await planAppend(base, [{ source, destination: '/d' }], [], { diff: true });
  expect(plan).toMatchObject({ directories: 0, parents: 2, unchanged: 1, findings: [] });
  const tree = await treeOf(await appended(scratch, base, plan));
  expect([tree['/d'], tree['/d/sub']]).toEqual(Array(2).fill('dir 755 0:0 @5.0 user.a=62'));
});
