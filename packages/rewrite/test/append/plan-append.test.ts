import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { walkTar } from '@layers/tar';
import { canZstd, compress } from '@layers/testing/archive-builder';
import { base256, END, entryWith, join as joined } from '@layers/testing/raw-tar';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { expect, test, vi } from 'vitest';
import { planAppend } from '../../src/append/plan-append.ts';
import { appended, entriesOf, imageOf, tarOf, treeOf } from './support.ts';

// The program getfattr may be missing. Other tests read extended attributes from disk.
vi.mock('../../src/append/disk-xattrs.ts', () => {
  const none = { byPath: new Map(), problem: null };
  return { readXattrsBelow: () => none, readXattrsOf: () => none };
});

const scratch = useScratch();
const T = 1_600_000_000;

/** Creates a folder with these files. Names that end in a slash are folders. */
function folder(files: Readonly<Record<string, string>>): string {
  const top = mkdtempSync(join(scratch.folder, 'added-'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(top, name);
    mkdirSync(name.endsWith('/') ? path : join(path, '..'), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, text);
    chmodSync(path, name.endsWith('/') ? 0o755 : 0o644);
    utimesSync(path, T, T);
  }
  return top;
}

const dir = (path: string, extra: Partial<EntrySpec> = {}): EntrySpec => ({
  type: 'directory',
  path,
  mode: 0o755,
  ...extra,
});
const file = (path: string, text = '', extra: Partial<EntrySpec> = {}): EntrySpec => ({
  path,
  data: Buffer.from(text),
  ...extra,
});
const code = (name: string) => expect.objectContaining({ code: name, hint: expect.any(String) });

test('the contents of a directory are added at the destination, whose missing directories are created', async () => {
  const top = folder({ 'b.txt': 'bb', 'a/x': 'x', 'a/empty/': '' });
  const base = await imageOf(scratch, [
    [dir('srv', { mode: 0o700, uid: 5, mtime: 9 }), file('srv/keep', 'k')],
  ]);
  const plan = await planAppend(base, [{ source: top, destination: '/srv/new/deep' }], [], { mtime: T });
  expect(await entriesOf(plan)).toEqual([
    'srv/',
    'srv/new/',
    'srv/new/deep/',
    'srv/new/deep/a/',
    'srv/new/deep/a/empty/',
    'srv/new/deep/a/x',
    'srv/new/deep/b.txt',
  ]);
  expect(plan).toMatchObject({
    files: 2,
    directories: 4,
    parents: 1,
    deleted: 0,
    contentBytes: 3,
    findings: [],
  });
  expect(await treeOf(await appended(scratch, base, plan))).toEqual({
    '/srv': 'dir 700 5:0 @9.0',
    '/srv/keep': 'file#0 644 0:0 @0.0 "k"',
    '/srv/new': `dir 755 0:0 @${T}.0`,
    '/srv/new/deep': `dir 755 0:0 @${T}.0`,
    '/srv/new/deep/a': `dir 755 0:0 @${T}.0`,
    '/srv/new/deep/a/empty': `dir 755 0:0 @${T}.0`,
    '/srv/new/deep/a/x': `file#1 644 0:0 @${T}.0 "x"`,
    '/srv/new/deep/b.txt': `file#2 644 0:0 @${T}.0 "bb"`,
  });
});

test('symlinks stay symlinks, other names of a file become hard links, times are whole seconds', async () => {
  const top = folder({ 'z/file': 'data' });
  linkSync(join(top, 'z/file'), join(top, 'a-link'));
  symlinkSync('/nowhere/at all', join(top, 'sym'));
  // Node's `utimes` takes a negative number for the current time.
  execFileSync('touch', ['-d', '@-1.5', join(top, 'a-link')]);
  const plan = await planAppend(null, [{ source: top, destination: '/' }], [], { owner: { uid: 1, gid: 2 } });
  expect(await entriesOf(plan)).toEqual(['sym -> /nowhere/at all', 'z/', 'a-link', 'z/file -> a-link']);
  const tree = await treeOf(await appended(scratch, null, plan));
  expect(tree).toMatchObject({
    '/a-link': 'file#0 644 1:2 @-2.0 "data"',
    '/z/file': 'file#0 644 1:2 @-2.0 "data"',
    '/sym': '-> /nowhere/at all',
  });
});

test('owner, mode and time can be set for all files, and times can be limited', async () => {
  const top = folder({ 'd/f': 'x' });
  chmodSync(join(top, 'd/f'), 0o6750);
  const tree = async (options: Parameters<typeof planAppend>[3]) =>
    treeOf(
      await appended(scratch, null, await planAppend(null, [{ source: top, destination: '/' }], [], options)),
    );
  expect((await tree({}))['/d/f']).toBe(`file#0 6750 0:0 @${T}.0 "x"`);
  expect((await tree({ owner: 'keep' }))['/d/f']).toBe(
    `file#0 6750 ${process.getuid?.()}:${process.getgid?.()} @${T}.0 "x"`,
  );
  expect((await tree({ mode: 0o500, mtime: 7 }))['/d/f']).toBe('file#0 500 0:0 @7.0 "x"');
  expect((await tree({ clampMtime: 3 }))['/d/f']).toBe('file#0 6750 0:0 @3.0 "x"');
  expect((await tree({ clampMtime: T + 1 }))['/d/f']).toBe(`file#0 6750 0:0 @${T}.0 "x"`);
});

test('every call gives the same bytes, in any order of creation of the files', async () => {
  const one = folder({ b: '1', a: '2', 'c/d': '3' });
  const other = folder({ 'c/d': '3', a: '2', b: '1' });
  const options = { mtime: 1 };
  const plan = await planAppend(null, [{ source: one, destination: '/x' }], [], options);
  const bytes = await tarOf(plan);
  expect((await tarOf(plan)).equals(bytes)).toBe(true);
  expect(
    (await tarOf(await planAppend(null, [{ source: other, destination: '/x' }], [], options))).equals(bytes),
  ).toBe(true);
});

const TAR: EntrySpec[] = [
  dir('./', { mode: 0o700, uid: 77 }),
  dir('./opt', { uid: 3 }),
  file('./opt/big', 'x'.repeat(100_000), { uid: 4, gid: 5, mode: 0o4755, mtime: 12, mtimeNs: 5 }),
  { type: 'link', path: './opt/link', linkpath: './opt/big' },
  { type: 'symlink', path: './opt/sym', linkpath: '../etc' },
  { type: 'char', path: './opt/tty', devmajor: 5, devminor: 1 },
  file('./opt/sparse', 'AABBB', {
    sparse: {
      realSize: 2000,
      extents: [
        [0, 2],
        [1000, 3],
      ],
    },
  }),
  file('./opt/cap', 'c', { xattrs: new Map([['security.capability', Buffer.from([1, 2])]]) }),
];

const encodings: [string, (bytes: Buffer) => Buffer][] = [
  ['plain', (bytes) => bytes],
  ['gzip', (bytes) => compress(bytes, 'gzip')],
];
if (canZstd) encodings.push(['zstd', (bytes) => compress(bytes, 'zstd')]);

test.each(encodings)(
  'the entries of a tar (%s) keep their attributes, except its root',
  async (_, encode) => {
    const source = scratch.file(encode(buildTar(TAR)));
    const plan = await planAppend(null, [{ source, destination: '/in' }], []);
    expect(await treeOf(await appended(scratch, null, plan))).toEqual({
      '/in': 'dir 755 0:0 @0.0',
      '/in/opt': 'dir 755 3:0 @0.0',
      '/in/opt/big': 'file#0 4755 4:5 @12.5 "100000 bytes"',
      '/in/opt/cap': 'file#1 644 0:0 @0.0 "c" security.capability=0102',
      '/in/opt/link': 'file#0 4755 4:5 @12.5 "100000 bytes"',
      '/in/opt/sparse': 'file#2 644 0:0 @0.0 "2000 bytes"',
      '/in/opt/sym': '-> ../etc',
      '/in/opt/tty': 'kind 4 644 0:0 @0.0 5,1',
    });
  },
);

test('a single file is added to a directory under its name, or at the destination', async () => {
  const source = join(folder({ 'app.bin': 'b' }), 'app.bin');
  const base = await imageOf(scratch, [[dir('bin'), file('plain', 'old')]]);
  const names = async (destination: string) =>
    entriesOf(await planAppend(base, [{ source, destination }], [], { mtime: 0 }));
  expect(await names('/')).toEqual(['app.bin']);
  expect(await names('/bin')).toEqual(['bin/', 'bin/app.bin']);
  expect(await names('/bin/other')).toEqual(['bin/', 'bin/other']);
  expect(await names('/new/')).toEqual(['new/', 'new/app.bin']);
  expect(await names('/plain')).toEqual(['plain']);
});

test('a tar with `extract: false` is added as a file, and so is a compressed file that is not a tar', async () => {
  const tar = scratch.file(buildTar(TAR), 'as-file.tar');
  const gz = scratch.file(compress(Buffer.alloc(5000, 1), 'gzip'), 'data.gz');
  const plan = await planAppend(
    null,
    [
      { source: tar, destination: '/', extract: false },
      { source: gz, destination: '/' },
    ],
    [],
  );
  expect(await entriesOf(plan)).toEqual(['as-file.tar', 'data.gz']);
});

test('symlinks of the image to directories are followed within it, and reported', async () => {
  const top = folder({ 'lib/x.so': 'x', 'lib/deep/y': 'y' });
  const base = await imageOf(scratch, [
    [dir('usr'), dir('usr/lib', { mode: 0o711 }), { type: 'symlink', path: 'lib', linkpath: 'usr/lib' }],
    [{ type: 'symlink', path: 'abs', linkpath: '/lib/../lib' }],
  ]);
  const direct = await planAppend(base, [{ source: join(top, 'lib'), destination: '/abs/sub' }], []);
  expect(await entriesOf(direct)).toEqual([
    'usr/',
    'usr/lib/',
    'usr/lib/sub/',
    'usr/lib/sub/deep/',
    'usr/lib/sub/deep/y',
    'usr/lib/sub/x.so',
  ]);
  expect(direct.findings).toMatchObject([{ code: 'symlink-followed', place: { path: '/abs/sub' } }]);
  for (const source of [
    top,
    scratch.file(buildTar([dir('lib/deep'), file('lib/deep/y'), file('lib/x.so')])),
  ]) {
    const plan = await planAppend(base, [{ source, destination: '/' }], []);
    const tree = await treeOf(await appended(scratch, base, plan));
    expect(Object.keys(tree)).toEqual(expect.arrayContaining(['/usr/lib/x.so', '/usr/lib/deep/y']));
    expect(tree['/lib']).toBe('-> usr/lib');
    expect(tree['/usr/lib']).toContain('dir 711');
    expect(plan.findings).toMatchObject([
      { code: 'symlink-followed', place: { file: source, path: '/lib' } },
    ]);
  }
});

test('deletions come before additions, and parents keep their attributes', async () => {
  const base = await imageOf(scratch, [
    [
      dir('etc', { mode: 0o1777, uid: 3, mtime: 4, xattrs: new Map([['user.a', Buffer.from('b')]]) }),
      file('etc/a', 'a'),
      file('etc/b', 'b'),
      dir('etc/d'),
      file('etc/d/old'),
      dir('etc/d/sub'),
      file('etc/d/sub/old'),
      { type: 'symlink', path: 'link', linkpath: 'etc' },
    ],
  ]);
  const top = folder({ 'd/new': 'n', 'd/sub/': '', z: 'z' });
  const plan = await planAppend(
    base,
    [{ source: top, destination: '/etc' }],
    ['/link/a', 'etc/d', '/etc/d/old', Buffer.from('/etc/b')],
    { mtime: 1 },
  );
  expect(await entriesOf(plan)).toEqual([
    'etc/',
    'etc/.wh.a',
    'etc/.wh.b',
    'etc/d/',
    'etc/d/.wh.old',
    'etc/d/sub/',
    'etc/d/sub/.wh.old',
    'etc/d/new',
    'etc/z',
  ]);
  expect(plan).toMatchObject({ deleted: 4, parents: 1, directories: 2 });
  const tree = await treeOf(await appended(scratch, base, plan));
  expect(Object.keys(tree)).toEqual(['/etc', '/etc/d', '/etc/d/new', '/etc/d/sub', '/etc/z', '/link']);
  expect(tree['/etc']).toBe('dir 1777 3:0 @4.0 user.a=62');
});

test('deleting a directory takes one whiteout, and a file that replaces a deleted directory needs none', async () => {
  const base = await imageOf(scratch, [[dir('a'), file('a/b'), dir('c'), file('c/d')]]);
  const source = join(folder({ c: 'file now' }), 'c');
  const plan = await planAppend(base, [], ['/a', '/c/d']);
  expect(await entriesOf(plan)).toEqual(['.wh.a', 'c/', 'c/.wh.d']);
  const replaced = await planAppend(base, [{ source, destination: '/c' }], ['/c']);
  expect(await entriesOf(replaced)).toEqual(['c']);
});

test.each(['/nope', '/file/below', '/dir/nope', '/loop/x'])(
  'deleting %s, which does not exist, fails',
  async (path) => {
    const base = await imageOf(scratch, [
      [file('file'), dir('dir'), { type: 'symlink', path: 'loop', linkpath: 'loop' }],
    ]);
    await expect(planAppend(base, [], [path])).rejects.toEqual(code('ERR_LAYERS_PATH_NOT_FOUND'));
  },
);

test('deleting a path that does not exist names one of similar spelling', async () => {
  const base = await imageOf(scratch, [[dir('etc'), file('etc/passwd')]]);
  await expect(planAppend(base, [], ['etc/pasword'])).rejects.toMatchObject({
    hint: 'the image has /etc/passwd',
  });
});

test.each(['/', '', '.', '/a/..'])('deleting %j is refused', async (path) => {
  const base = await imageOf(scratch, [[dir('a')]]);
  await expect(planAppend(base, [], [path])).rejects.toEqual(code('ERR_LAYERS_USAGE'));
});

test('later additions replace earlier ones, and each path is written once', async () => {
  const one = folder({ f: 'one', 'd/x': '1', 'becomes-file/y': '' });
  const two = folder({ f: 'two', 'd/y': '2', 'becomes-file': 'now' });
  const plan = await planAppend(
    null,
    [
      { source: one, destination: '/' },
      { source: two, destination: '/' },
    ],
    [],
    { mtime: 0 },
  );
  expect(await entriesOf(plan)).toEqual(['d/', 'd/x', 'becomes-file', 'd/y', 'f']);
  expect(await treeOf(await appended(scratch, null, plan))).toMatchObject({
    '/f': 'file#3 644 0:0 @0.0 "two"',
  });
});

test('a repeated entry of a tar is written once, and a whiteout in it deletes', async () => {
  const base = await imageOf(scratch, [
    [dir('d'), file('d/gone'), file('d/stays'), dir('o'), file('o/x'), file('o/y')],
  ]);
  const source = scratch.file(
    buildTar([
      file('d/f', 'first'),
      file('d/f', 'second'),
      file('d/.wh.gone'),
      file('o/.wh..wh..opq'),
      file('o/y', 'n'),
    ]),
  );
  const plan = await planAppend(base, [{ source, destination: '/' }], []);
  expect(await entriesOf(plan)).toEqual(['d/', 'd/.wh.gone', 'o/', 'o/.wh.x', 'd/f', 'o/y']);
  expect(plan.findings).toEqual([]);
  expect(await treeOf(await appended(scratch, base, plan))).toMatchObject({
    '/d/f': expect.stringContaining('second'),
  });
});

test.each([null, 'gzip'] as const)(
  'a hard link of a tar to a file of the image (%s) becomes a file',
  async (compression) => {
    const base = await imageOf(scratch, [[file('low', 'content', { uid: 9 })]], { compression });
    const source = scratch.file(
      buildTar([
        { type: 'link', path: 'new', linkpath: 'low' },
        { type: 'link', path: 'other', linkpath: 'low' },
      ]),
    );
    const plan = await planAppend(base, [{ source, destination: '/' }], []);
    expect(await entriesOf(plan)).toEqual(['new', 'other -> new']);
    expect(await treeOf(await appended(scratch, base, plan))).toEqual({
      '/low': 'file#0 644 9:0 @0.0 "content"',
      '/new': 'file#1 644 9:0 @0.0 "content"',
      '/other': 'file#1 644 9:0 @0.0 "content"',
    });
  },
);

test('ids of a tar that loaders change are changed, with a finding', async () => {
  const path = join(scratch.folder, 'ids.tar');
  writeFileSync(path, joined(entryWith({ name: 'a', uid: base256(-1n, 8), gid: 9 }), END));
  const plan = await planAppend(null, [{ source: path, destination: '/' }], [], { owner: 'keep' });
  const tar = await tarOf(plan);
  const read = (into: Uint8Array, at: number): number => tar.copy(into, 0, at);
  expect([...walkTar({ size: tar.length, read })]).toMatchObject([{ uid: 0, gid: 9 }]);
  expect(plan.findings).toMatchObject([{ code: 'owner-out-of-range', place: { path: '/a' } }]);
});

test('names are bytes', async () => {
  const top = folder({});
  const odd = Buffer.concat([Buffer.from(`${top}/`), Buffer.from([0xff, 0x0a, 0x5c])]);
  writeFileSync(odd, 'x');
  const plan = await planAppend(null, [{ source: top, destination: '/d' }], []);
  expect(await entriesOf(plan)).toEqual(['d/', 'd/\xff\n\\']);
  expect(plan.files).toBe(1);
});

test('without additions, the tar is empty', async () => {
  const plan = await planAppend(null, [], []);
  expect(await tarOf(plan)).toEqual(Buffer.alloc(1024));
});

test.each([
  ['gets another size', (path: string) => writeFileSync(path, 'longer')],
  ['gets other bytes of the same size', (path: string) => writeFileSync(path, 'B')],
  ['gets another mode', (path: string) => chmodSync(path, 0o600)],
  ['is renamed', (path: string) => renameSync(path, `${path}2`)],
  [
    'is replaced by a symlink',
    (path: string) => {
      renameSync(path, `${path}2`);
      symlinkSync(`${path}2`, path);
    },
  ],
  [
    'is replaced by a FIFO',
    (path: string) => {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    },
  ],
  [
    'is replaced by a directory',
    (path: string) => {
      rmSync(path);
      mkdirSync(path);
    },
  ],
])('a file that %s after planning is an error', async (_, change) => {
  // Small files are read in one call, large ones in chunks.
  for (const text of ['', 'A', 'A'.repeat(1_000_000)]) {
    const top = folder({ f: text });
    const plan = await planAppend(null, [{ source: top, destination: '/' }], []);
    await tarOf(plan);
    // Linux updates the clock of file times a hundred times a second.
    await new Promise((resolve) => setTimeout(resolve, 20));
    change(join(top, 'f'));
    await expect(tarOf(plan)).rejects.toEqual(code('ERR_LAYERS_INPUT_CHANGED'));
  }
});

test('many files and large ones are written completely and in order', async () => {
  const texts = new Map(Array.from({ length: 5000 }, (_, i) => [`s${10_000 + i}`, `text ${i}`]));
  for (const [i, size] of [0, 1, 511, 512, 262_143, 262_144, 262_145, 9_000_000].entries()) {
    texts.set(`t${i}`, String(i).repeat(size));
  }
  const top = folder({});
  for (const [name, text] of texts) writeFileSync(join(top, name), text);
  const tar = await tarOf(await planAppend(null, [{ source: top, destination: '/' }], []));
  const source = {
    size: tar.length,
    read: (target: Uint8Array, at: number) =>
      tar.copy(target, 0, at, Math.min(tar.length, at + target.length)),
  };
  const names: string[] = [];
  const wrong: string[] = [];
  for (const { path, dataOffset, size } of walkTar(source)) {
    const name = Buffer.from(path).toString();
    names.push(name);
    if (tar.toString('utf8', dataOffset, dataOffset + size) !== texts.get(name)) wrong.push(name);
  }
  expect(names).toEqual([...texts.keys()]);
  expect(wrong).toEqual([]);
});

test('a tar that changes after planning is an error', async () => {
  const source = scratch.file(buildTar(TAR));
  const plan = await planAppend(null, [{ source, destination: '/' }], []);
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(source, buildTar(TAR));
  await expect(tarOf(plan)).rejects.toEqual(code('ERR_LAYERS_INPUT_CHANGED'));
});

test.each([
  ['rel', 'ERR_LAYERS_USAGE'],
  ['', 'ERR_LAYERS_USAGE'],
  ['/a\0b', 'ERR_LAYERS_USAGE'],
  ['/file', 'ERR_LAYERS_USAGE'],
  ['/file/x', 'ERR_LAYERS_USAGE'],
  ['/loop', 'ERR_LAYERS_USAGE'],
])('the destination %j is refused', async (destination, name) => {
  const base = await imageOf(scratch, [[file('file'), { type: 'symlink', path: 'loop', linkpath: '/loop' }]]);
  await expect(planAppend(base, [{ source: folder({}), destination }], [])).rejects.toEqual(code(name));
});

test('a source that does not exist, or is a device, is an error', async () => {
  const plan = (source: string) => planAppend(null, [{ source, destination: '/' }], []);
  await expect(plan('/does/not/exist')).rejects.toEqual(code('ERR_LAYERS_READ'));
  await expect(plan('/dev/null')).rejects.toEqual(code('ERR_LAYERS_USAGE'));
});

test('hostile: a file on disk with the name of a whiteout is refused', async () => {
  const base = await imageOf(scratch, [[file('precious')]]);
  for (const name of ['.wh.precious', '.wh..wh..opq', '.wh.']) {
    const top = folder({ [name]: '' });
    await expect(planAppend(base, [{ source: top, destination: '/' }], [])).rejects.toEqual(
      code('ERR_LAYERS_INPUT_NAME'),
    );
    await expect(planAppend(base, [{ source: join(top, name), destination: '/' }], [])).rejects.toEqual(
      code('ERR_LAYERS_INPUT_NAME'),
    );
  }
});

test('hostile: entries and links of a tar cannot leave the destination', async () => {
  const base = await imageOf(scratch, [[file('secret', 's')]]);
  const source = scratch.file(
    buildTar([
      file('../evil', 'e'),
      file('a/../../evil', 'e'),
      { type: 'link', path: 'stolen', linkpath: '../secret' },
      { type: 'link', path: 'rooted', linkpath: '/secret' },
      file('good', 'g'),
    ]),
  );
  const plan = await planAppend(base, [{ source, destination: '/in' }], []);
  expect(await entriesOf(plan)).toEqual(['in/', 'in/good']);
  expect(plan.findings.map((finding) => finding.code).sort()).toEqual([
    'dangling-link',
    'dangling-link',
    'name-climbs-out',
    'name-climbs-out',
  ]);
});

test('hostile: a symlink of the image does not lead outside of it', async () => {
  const base = await imageOf(scratch, [[{ type: 'symlink', path: 'out', linkpath: '../../../../tmp' }]]);
  const plan = await planAppend(base, [{ source: folder({ f: '1' }), destination: '/out/x' }], []);
  expect(await entriesOf(plan)).toEqual(['tmp/', 'tmp/x/', 'tmp/x/f']);
});

test('hostile: a truncated or damaged tar is an error with its name', async () => {
  const tar = buildTar(TAR);
  const truncated = scratch.file(tar.subarray(0, 5000));
  await expect(planAppend(null, [{ source: truncated, destination: '/' }], [])).rejects.toMatchObject({
    code: 'ERR_LAYERS_TAR_TRUNCATED',
    archive: truncated,
  });
  const gzip = compress(tar, 'gzip');
  const damaged = scratch.file(gzip.subarray(0, gzip.length - 20));
  await expect(planAppend(null, [{ source: damaged, destination: '/' }], [])).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_LAYERS_(GZIP|TAR)_/),
    archive: damaged,
  });
});

test('an aborted signal stops the scan', async () => {
  const top = folder(Object.fromEntries(Array.from({ length: 1100 }, (_, i) => [`f${i}`, ''])));
  const signal = AbortSignal.abort();
  await expect(planAppend(null, [{ source: top, destination: '/' }], [], { signal })).rejects.toThrow();
});

test('a directory with files that a file replaces is reported', async () => {
  const base = await imageOf(scratch, [
    [
      { type: 'directory', path: 'full' },
      { path: 'full/a' },
      { path: 'full/b' },
      { type: 'directory', path: 'empty' },
    ],
  ]);
  const source = scratch.file(
    buildTar([{ path: 'full' }, { type: 'symlink', path: 'empty', linkpath: 'x' }]),
  );
  const plan = await planAppend(base, [{ source, destination: '/' }], []);
  expect(plan.findings).toMatchObject([
    {
      code: 'directory-replaced',
      message: 'the directory of the image is replaced, and 2 paths below it with it',
      place: { path: '/full' },
    },
  ]);
  const mirrored = await planAppend(base, [{ source, destination: '/' }], [], { mirror: true });
  expect(mirrored.findings).toEqual([]);
});

test('directories of the image that get another mode or owner are reported', async () => {
  const base = await imageOf(scratch, [
    [
      { type: 'directory', path: 'etc', mode: 0o755 },
      { type: 'directory', path: 'srv', mode: 0o755, mtime: 1 },
      { path: 'opt/implicit' },
    ],
  ]);
  const source = scratch.file(
    buildTar([
      { type: 'directory', path: 'etc', mode: 0o700 },
      { path: 'etc/motd' },
      { type: 'directory', path: 'srv', mode: 0o755, mtime: 2 },
      { type: 'directory', path: 'opt', mode: 0o750, uid: 5, gid: 6 },
      { type: 'directory', path: 'new', mode: 0o700 },
    ]),
  );
  const plan = await planAppend(base, [{ source, destination: '/' }], []);
  expect(
    plan.findings.map(({ code, severity, message, place }) => [code, severity, message, place?.path]),
  ).toEqual([
    ['directory-changed', 'warning', 'the directory of the image gets mode 0700 (was 0755)', '/etc'],
    [
      'directory-changed',
      'warning',
      'the directory of the image gets mode 0750 (was 0755) and owner 5:6 (was 0:0)',
      '/opt',
    ],
  ]);
  const mirrored = await planAppend(base, [{ source, destination: '/' }], [], { mirror: true });
  expect(mirrored.findings.filter(({ code }) => code === 'directory-changed')).toEqual([]);
});
