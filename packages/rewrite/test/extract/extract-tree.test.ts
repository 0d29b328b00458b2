import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canZstd } from '@layers/testing/archive-builder';
import { needsThat } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { MAX_NOT_DONE } from '../../src/extract/report.ts';
import { readDisk } from './support/disk-tree.ts';
import { extracted, newPath, notDoneCounts } from './support/extracted.ts';

const scratch = useScratch();
const isRoot = process.geteuid?.() === 0;
const text = (words: string): Buffer => Buffer.from(words);
const read = (directory: string, path: string): string => readFileSync(join(directory, path), 'utf8');

/** Files with sizes around those of blocks and buffers. */
const manyFiles: EntrySpec[] = [0, 1, 511, 512, 513, 256 * 1024, 256 * 1024 + 1, 5_000_000].map(
  (size, i) => ({
    path: `files/${i}`,
    data: Buffer.alloc(size, `${i} and so on `),
  }),
);

describe('contents', () => {
  const forms = [null, 'gzip' as const, ...(canZstd ? ['zstd' as const] : [])];
  test.each(forms)('are the same (compression %s)', async (compression) => {
    const { directory, report } = await extracted(scratch, [manyFiles], { compression });
    for (const { path, data } of manyFiles) {
      expect(readFileSync(join(directory, path.toString())).equals(data ?? Buffer.alloc(0))).toBe(true);
    }
    const writtenBytes = manyFiles.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    expect(report).toMatchObject({ files: 8, directories: 1, writtenBytes, notDone: [] });
  });

  test.each(forms)('of sparse files keep their holes (compression %s)', async (compression) => {
    const realSize = 2 ** 32;
    const sparse = { realSize, extents: [[2 ** 31, 5]] as const };
    const { directory, report } = await extracted(
      scratch,
      [[{ path: 'sparse', data: text('words'), sparse }]],
      { compression },
    );
    const file = readDisk(directory).get('/sparse');
    expect(file?.size).toBe(realSize);
    expect(file?.blocks).toBeLessThan(100);
    expect(report.writtenBytes).toBe(5);
  });

  test('are those of the top layers, with whiteouts and opaque directories', async () => {
    const { directory } = await extracted(scratch, [
      [
        { path: 'kept', data: text('below') },
        { path: 'gone', data: text('below') },
        { path: 'over', data: text('below') },
        { path: 'opaque/old', data: text('below') },
      ],
      [{ path: '.wh.gone' }, { path: 'over', data: text('above') }],
      [{ path: 'opaque/.wh..wh..opq' }, { path: 'opaque/new', data: text('above') }],
    ]);
    expect([...readDisk(directory).keys()]).toEqual(['', '/kept', '/opaque', '/opaque/new', '/over']);
    expect(read(directory, 'over')).toBe('above');
    expect(read(directory, 'kept')).toBe('below');
  });

  test('report progress up to the total', async () => {
    const seen: (readonly [number, number | null])[] = [];
    const onProgress = (at: { doneBytes: number; totalBytes: number | null }): void =>
      void seen.push([at.doneBytes, at.totalBytes]);
    await extracted(scratch, [manyFiles], { onProgress });
    const total = manyFiles.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toEqual([total, total]);
  });
});

describe('attributes', () => {
  test(
    'modes and owners are those of the image, including setuid bits',
    needsThat(isRoot, 'owners and devices need root'),
    async () => {
      const { directory } = await extracted(scratch, [
        [
          { path: 'su', data: text('x'), mode: 0o4755, uid: 0, gid: 0 },
          { path: 'wall', data: text('x'), mode: 0o2755, uid: 1000, gid: 5 },
          { path: 'none', data: text('x'), mode: 0, uid: 2 ** 21 + 5, gid: 4_000_000_000 },
          { type: 'directory', path: 'tmp', mode: 0o1777, uid: 7, gid: 8 },
          { type: 'symlink', path: 'link', linkpath: 'none', uid: 9, gid: 10 },
        ],
      ]);
      const disk = readDisk(directory);
      const of = (path: string) => {
        const file = disk.get(path);
        return [file?.mode, file?.uid, file?.gid];
      };
      expect(of('/su')).toEqual([0o4755, 0, 0]);
      expect(of('/wall')).toEqual([0o2755, 1000, 5]);
      expect(of('/none')).toEqual([0, 2 ** 21 + 5, 4_000_000_000]);
      expect(of('/tmp')).toEqual([0o1777, 7, 8]);
      expect(of('/link').slice(1)).toEqual([9, 10]);
    },
  );

  test(
    'an owner out of range is the one that Docker sets',
    needsThat(isRoot, 'owners and devices need root'),
    async () => {
      const { report, directory } = await extracted(scratch, [
        [
          { path: 'f', uid: 2 ** 32 - 1 },
          { path: 'g', gid: 2 ** 40 + 7 },
        ],
      ]);
      expect(notDoneCounts(report)).toEqual({});
      const disk = readDisk(directory);
      expect([disk.get('/f')?.uid, disk.get('/g')?.gid]).toEqual([0, 7]);
    },
  );

  test('a read-only directory gets its contents, and keeps its time', async () => {
    const { directory } = await extracted(scratch, [
      [
        { type: 'directory', path: 'closed', mode: 0o555, mtime: 1000 },
        { type: 'directory', path: 'closed/inner', mode: 0o500, mtime: 2000 },
      ],
      [
        { path: 'closed/inner/f', data: text('x') },
        { type: 'symlink', path: 'closed/l', linkpath: 'inner' },
        { type: 'link', path: 'closed/h', linkpath: 'closed/inner/f' },
      ],
    ]);
    const disk = readDisk(directory);
    expect(disk.get('/closed')).toMatchObject({ mode: 0o555, mtimeNs: 1_000_000_000_000n });
    expect(disk.get('/closed/inner')).toMatchObject({ mode: 0o500, mtimeNs: 2_000_000_000_000n });
    expect(disk.get('/closed/h')?.inode).toBe(disk.get('/closed/inner/f')?.inode);
  });

  test.each([
    [1_700_000_000, 123_456_789],
    [1_700_000_000, 1_000],
    [1_700_000_000, 999_999_999],
    [1_700_000_000, 0],
    [-5, 250_000_000],
    [-1, 0],
    [0, 0],
  ])('the time %d s %d ns is exact to the microsecond', async (mtime, mtimeNs) => {
    const times = { mtime, mtimeNs };
    const { directory } = await extracted(scratch, [
      [
        { path: 'd/f', ...times },
        { type: 'symlink', path: 'd/l', linkpath: 'f', ...times },
        { type: 'directory', path: 'd', ...times },
      ],
    ]);
    const wanted = BigInt(mtime) * 1_000_000_000n + BigInt(mtimeNs);
    for (const path of ['/d/f', '/d/l', '/d']) {
      expect((readDisk(directory).get(path)?.mtimeNs ?? 0n) / 1000n, path).toBe(wanted / 1000n);
    }
  });

  test('directories without an entry get mode 0755 and time 0', async () => {
    const { directory } = await extracted(scratch, [[{ path: 'a/b/c', data: text('x') }]]);
    expect(readDisk(directory).get('/a/b')).toMatchObject({ mode: 0o755, mtimeNs: 0n });
  });

  test('the destination gets the attributes of the root of the image', async () => {
    const { directory } = await extracted(scratch, [
      [{ type: 'directory', path: './', mode: 0o711, mtime: 5000 }, { path: 'f' }],
    ]);
    expect(readDisk(directory).get('')).toMatchObject({ mode: 0o711, mtimeNs: 5_000_000_000_000n });
  });
});

describe('names', () => {
  test('may have any bytes', async () => {
    const path = Buffer.from([0x64, 0xff, 0x2f, 0x80, 0xfe]);
    const { directory } = await extracted(scratch, [
      [
        { path, data: text('x') },
        { type: 'symlink', path: Buffer.from([0xc3]), linkpath: Buffer.from([0xff, 0x2f]) },
      ],
    ]);
    const disk = readDisk(directory);
    expect([...disk.keys()]).toEqual(['', '/d\xff', '/d\xff/\x80\xfe', '/\xc3'].sort(bytewise));
    expect(disk.get('/\xc3')?.target).toBe('\xff/');
  });

  test('may have 4095 bytes and many levels', async () => {
    const path = `${'a234567/'.repeat(511)}b234567`;
    const link = `${'b234567/'.repeat(511)}c234567`;
    const { directory } = await extracted(scratch, [
      [
        { path, data: text('deep'), mode: 0o640 },
        { type: 'link', path: link, linkpath: path },
      ],
    ]);
    const found = execFileSync('find', [directory, '-type', 'f', '-printf', '%P %m %n %s\\n'], {
      encoding: 'utf8',
    });
    execFileSync('rm', ['-rf', directory]);
    expect(path).toHaveLength(4095);
    expect(found.trim().split('\n').sort()).toEqual([`${path} 640 2 4`, `${link} 640 2 4`]);
  });

  test('too long for the file system are reported, with files in such directories', async () => {
    const long = 'l'.repeat(300);
    const { directory, report } = await extracted(scratch, [
      [
        { path: long, data: text('x') },
        { path: `${'d'.repeat(300)}/f`, data: text('x') },
        { type: 'link', path: 'link', linkpath: long },
        { path: 'ok', data: text('x') },
      ],
    ]);
    expect([...readDisk(directory).keys()]).toEqual(['', '/ok']);
    expect(notDoneCounts(report)).toEqual({ name: 2, parent: 1, link: 1 });
  });

  test('that cannot be created are all counted, and listed up to a limit', async () => {
    const count = MAX_NOT_DONE + 20;
    const entries = Array.from({ length: count }, (_, i) => ({ path: `${i}`.padStart(300, 'x') }));
    const { report } = await extracted(scratch, [entries]);
    expect(report.notDone).toHaveLength(MAX_NOT_DONE);
    expect(notDoneCounts(report)).toEqual({ name: count });
  });
});

describe('special files', () => {
  test(
    'are created with their modes, owners and times',
    needsThat(isRoot, 'owners and devices need root'),
    async () => {
      const { directory, report } = await extracted(scratch, [
        [
          { type: 'fifo', path: 'd/fifo', mode: 0o622, uid: 3, gid: 4, mtime: 1000 },
          { type: 'char', path: 'd/null', devmajor: 1, devminor: 3, mode: 0o666, mtime: 1000 },
          { type: 'block', path: '-m', devmajor: 7, devminor: 200, mode: 0o600 },
          { type: 'link', path: 'fifo2', linkpath: 'd/fifo' },
          { type: 'fifo', path: 'special', mode: 0o7644, uid: 3 },
          { type: 'char', path: 'sticky', devmajor: 1, devminor: 3, mode: 0o1666 },
        ],
      ]);
      const disk = readDisk(directory);
      expect([disk.get('/special')?.mode, disk.get('/sticky')?.mode]).toEqual([0o7644, 0o1666]);
      const times = { mtimeNs: 1_000_000_000_000n };
      expect(disk.get('/d/fifo')).toMatchObject({ type: 'fifo', mode: 0o622, uid: 3, gid: 4, ...times });
      expect(disk.get('/d/null')).toMatchObject({ type: 'char', mode: 0o666, device: '1:3', ...times });
      expect(disk.get('/-m')).toMatchObject({ type: 'block', mode: 0o600, device: '7:200' });
      expect(disk.get('/fifo2')?.inode).toBe(disk.get('/d/fifo')?.inode);
      expect(report).toMatchObject({ others: 5, links: 1, notDone: [] });
    },
  );

  test('may have names that are not UTF-8', async () => {
    const { directory } = await extracted(scratch, [
      [{ type: 'fifo', path: Buffer.from([0xff]), mode: 0o640 }],
    ]);
    const disk = readDisk(directory);
    expect([...disk.keys()]).toEqual(['', '/\xff']);
    expect(disk.get('/\xff')).toMatchObject({ type: 'fifo', mode: 0o640 });
  });
});

describe('selected paths', () => {
  const layers = [
    [
      { type: 'directory', path: 'usr', mode: 0o711 },
      { path: 'usr/bin/tool', data: text('tool') },
      { path: 'usr/bin/other', data: text('other') },
      { path: 'first', data: text('shared') },
      { type: 'link', path: 'usr/second', linkpath: 'first' },
      { type: 'link', path: 'usr/third', linkpath: 'first' },
    ],
  ] as const;

  test('are extracted with their contents and parents', async () => {
    const { directory } = await extracted(scratch, layers, { paths: [text('/usr/bin')] });
    const disk = readDisk(directory);
    expect([...disk.keys()]).toEqual(['', '/usr', '/usr/bin', '/usr/bin/other', '/usr/bin/tool']);
    expect(disk.get('/usr')?.mode).toBe(0o711);
  });

  test('that are links to a file that is not selected become the file', async () => {
    const paths = [text('usr/second'), text('usr/third'), text('usr/bin/tool')];
    const { directory, report } = await extracted(scratch, layers, { paths });
    const disk = readDisk(directory);
    expect([...disk.keys()]).toEqual(['', '/usr', '/usr/bin', '/usr/bin/tool', '/usr/second', '/usr/third']);
    expect(read(directory, 'usr/third')).toBe('shared');
    expect(disk.get('/usr/second')?.inode).toBe(disk.get('/usr/third')?.inode);
    expect(report).toMatchObject({ files: 2, links: 1 });
  });

  test('that do not exist are refused before anything is created', async () => {
    const directory = newPath(scratch);
    const refused = extracted(scratch, layers, { paths: [text('/missing')], directory });
    await expect(refused).rejects.toMatchObject({ code: 'ERR_LAYERS_PATH_NOT_FOUND' });
    mkdirSync(directory);
    for (const path of ['/usr/sceond', 'usr/secnd/']) {
      const misspelled = extracted(scratch, layers, { paths: [text(path)], directory: newPath(scratch) });
      await expect(misspelled).rejects.toMatchObject({ hint: 'the image has /usr/second' });
    }
  });
});

function bytewise(a: string, b: string): number {
  return a < b ? -1 : 1;
}
