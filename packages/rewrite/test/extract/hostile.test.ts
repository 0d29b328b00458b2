import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { readDisk } from './support/disk-tree.ts';
import { extracted, newPath, notDoneCounts } from './support/extracted.ts';

const scratch = useScratch();
const text = (words: string): Buffer => Buffer.from(words);

/** Creates a folder outside of the destination, which extraction must not change. */
function outside(): { readonly folder: string; readonly expectUnchanged: () => void } {
  const folder = newPath(scratch);
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(join(folder, 'secret'), 'secret');
  const before = JSON.stringify([...readDisk(folder)], withBigints);
  return {
    folder,
    expectUnchanged: () => expect(JSON.stringify([...readDisk(folder)], withBigints)).toBe(before),
  };
}

const withBigints = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

describe('an image is extracted within the destination', () => {
  test('if a layer writes through a symlink of a lower layer', async () => {
    const { folder, expectUnchanged } = outside();
    const { directory } = await extracted(scratch, [
      [{ type: 'symlink', path: 'out', linkpath: folder }],
      [{ path: 'out/secret', data: text('mine') }],
    ]);
    expect(readFileSync(join(directory, 'out/secret'), 'utf8')).toBe('mine');
    expect(readDisk(directory).get('/out')?.type).toBe('directory');
    expectUnchanged();
  });

  test('if a layer writes through its own symlink, absolute or with ..', async () => {
    for (const linkpath of ['absolute', '../../../../../../../../../..']) {
      const { folder, expectUnchanged } = outside();
      const target = linkpath === 'absolute' ? folder : `${linkpath}${folder}`;
      const { directory } = await extracted(scratch, [
        [
          { type: 'symlink', path: 'd/out', linkpath: target },
          { path: 'd/out/secret', data: text('mine') },
          { path: 'd/out/more', data: text('mine') },
        ],
      ]);
      expect(readdirSync(join(directory, 'd/out')).sort()).toEqual(['more', 'secret']);
      expectUnchanged();
    }
  });

  test('if names contain ..', async () => {
    const { expectUnchanged } = outside();
    const { directory } = await extracted(scratch, [
      [
        { path: '../escaped', data: text('x') },
        { path: 'a/../../escaped' },
        { path: '/ok', data: text('x') },
      ],
    ]);
    expect(existsSync(join(scratch.folder, 'escaped'))).toBe(false);
    expect([...readDisk(directory).keys()]).toEqual(['', '/ok']);
    expectUnchanged();
  });

  test('if symlinks lead outside, whose targets do not change', async () => {
    const { folder, expectUnchanged } = outside();
    const { directory } = await extracted(scratch, [
      [
        { type: 'symlink', path: 'l', linkpath: join(folder, 'secret'), uid: 1000, gid: 1000, mtime: 5 },
        { type: 'link', path: 'h', linkpath: 'l' },
        { type: 'symlink', path: 'up', linkpath: '../../../etc' },
      ],
    ]);
    const disk = readDisk(directory);
    expect(disk.get('/l')).toMatchObject({ type: 'symlink', target: join(folder, 'secret') });
    expect(disk.get('/h')?.inode).toBe(disk.get('/l')?.inode);
    expect(disk.get('/up')?.target).toBe('../../../etc');
    expectUnchanged();
  });

  test('if it has hard links to files of the host', async () => {
    const { folder, expectUnchanged } = outside();
    const { directory } = await extracted(scratch, [
      [
        { type: 'symlink', path: 'out', linkpath: folder },
        { type: 'link', path: 'stolen', linkpath: 'out/secret' },
        { type: 'link', path: 'stolen2', linkpath: join(folder, 'secret') },
      ],
    ]);
    expect([...readDisk(directory).keys()]).toEqual(['', '/out']);
    expectUnchanged();
  });

  test('if it has symlinks that no system supports', async () => {
    const { report } = await extracted(scratch, [
      [
        { type: 'symlink', path: 'empty', linkpath: '' },
        { type: 'symlink', path: 'long', linkpath: 'x'.repeat(5000) },
      ],
    ]);
    expect(report.symlinks).toBe(0);
    expect(notDoneCounts(report)).toEqual({ symlink: 2 });
  });

  test('if a file is too large for the file system', async () => {
    const realSize = 2 ** 52;
    const sparse = { realSize, extents: [[0, 1]] as const };
    const { directory, report } = await extracted(scratch, [
      [
        { path: 'huge', data: text('x'), sparse },
        { path: 'ok', data: text('x') },
      ],
    ]);
    const size = readDisk(directory).get('/huge')?.size;
    expect(notDoneCounts(report)).toEqual(size === undefined ? { size: 1 } : {});
    expect([undefined, realSize]).toContain(size);
    expect(readFileSync(join(directory, 'ok'), 'utf8')).toBe('x');
  });
});

describe('with force, an existing file', () => {
  test('is replaced, not followed, if it is a symlink', async () => {
    const { folder, expectUnchanged } = outside();
    const directory = newPath(scratch);
    mkdirSync(directory);
    for (const name of ['dir', 'file', 'link', 'hard', 'fifo']) {
      symlinkSync(name === 'dir' ? folder : join(folder, 'secret'), join(directory, name));
    }
    const entries: EntrySpec[] = [
      { path: 'dir/secret', data: text('mine') },
      { path: 'file', data: text('mine') },
      { type: 'symlink', path: 'link', linkpath: 'file' },
      { type: 'link', path: 'hard', linkpath: 'file' },
      { type: 'fifo', path: 'fifo' },
    ];
    const { report } = await extracted(scratch, [entries], { directory, force: true });
    const types = [...readDisk(directory)].map(([path, { type }]) => `${path} ${type}`);
    expect(types).toEqual([
      ' directory',
      '/dir directory',
      '/dir/secret file',
      '/fifo fifo',
      '/file file',
      '/hard file',
      '/link symlink',
    ]);
    expect(report.notDone).toEqual([]);
    expectUnchanged();
  });

  test('is replaced, not written to, if it is a hard link', async () => {
    const { directory } = await extracted(scratch, [[{ path: 'f', data: text('old') }]]);
    renameSync(join(directory, 'f'), join(directory, 'g'));
    await extracted(
      scratch,
      [
        [
          { path: 'f', data: text('old') },
          { type: 'link', path: 'g', linkpath: 'f' },
        ],
      ],
      {
        directory,
        force: true,
      },
    );
    await extracted(scratch, [[{ path: 'f', data: text('new') }]], { directory, force: true });
    expect(readFileSync(join(directory, 'g'), 'utf8')).toBe('old');
    expect(readFileSync(join(directory, 'f'), 'utf8')).toBe('new');
  });

  test('stays if the image has no such path; directories are merged', async () => {
    const directory = newPath(scratch);
    mkdirSync(join(directory, 'd'), { recursive: true });
    mkdirSync(join(directory, 'empty'));
    mkdirSync(join(directory, 'full/x'), { recursive: true });
    writeFileSync(join(directory, 'd/own'), 'own');
    const { report } = await extracted(
      scratch,
      [
        [
          { path: 'd/f', data: text('f') },
          { path: 'empty' },
          { path: 'full' },
          { type: 'link', path: 'l', linkpath: 'full' },
        ],
      ],
      { directory, force: true },
    );
    expect([...readDisk(directory).keys()]).toEqual([
      '',
      '/d',
      '/d/f',
      '/d/own',
      '/empty',
      '/full',
      '/full/x',
    ]);
    expect(notDoneCounts(report)).toEqual({ occupied: 1, link: 1 });
  });
});

test('without force, a directory that is not empty is refused and not changed', async () => {
  const { folder, expectUnchanged } = outside();
  const refused = extracted(scratch, [[{ path: 'f' }]], { directory: folder });
  await expect(refused).rejects.toMatchObject({ code: 'ERR_LAYERS_OUTPUT_EXISTS' });
  expectUnchanged();
});

describe('another process that writes to the destination', () => {
  const layer: EntrySpec[] = Array.from({ length: 1500 }, (_, i) => ({ path: `d${i}/f`, data: text('x') }));

  test('cannot redirect a directory with a symlink', async () => {
    const { folder, expectUnchanged } = outside();
    const directory = newPath(scratch);
    let done = false;
    const onProgress = (): void => {
      if (done) return;
      done = true;
      rmSync(join(directory, 'd5'), { recursive: true });
      symlinkSync(folder, join(directory, 'd5'));
    };
    await expect(extracted(scratch, [layer], { directory, onProgress })).rejects.toMatchObject({
      code: 'ERR_LAYERS_WRITE_OUTPUT',
    });
    expect(done).toBe(true);
    expectUnchanged();
  });

  test('cannot redirect a file with a symlink', async () => {
    const { folder, expectUnchanged } = outside();
    const directory = newPath(scratch);
    let done = false;
    const onProgress = (): void => {
      if (done) return;
      done = true;
      symlinkSync(join(folder, 'secret'), join(directory, 'd5/f'));
    };
    const { report } = await extracted(scratch, [layer], { directory, onProgress });
    expect(notDoneCounts(report)).toEqual({ 'name-collision': 1 });
    expect(report.files).toBe(1499);
    expectUnchanged();
  });
});
