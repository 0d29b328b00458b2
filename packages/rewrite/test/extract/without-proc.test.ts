import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readDisk } from './support/disk-tree.ts';
import { extracted, newPath, notDoneCounts } from './support/extracted.ts';

// Systems other than Linux cannot name the files of an open directory.
beforeEach(() => void vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin'));
afterEach(() => vi.restoreAllMocks());

const scratch = useScratch();
const text = (words: string): Buffer => Buffer.from(words);

/** Only the owner of a file keeps its setuid bit. */
const mine = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

test('the tree is the same, except hard links to symlinks and special files', async () => {
  const { directory, report } = await extracted(scratch, [
    [
      { type: 'directory', path: 'a/b', mode: 0o511, mtime: 1000 },
      { path: 'a/b/c', data: text('words'), mode: 0o4711, ...mine },
      { type: 'link', path: 'a/d', linkpath: 'a/b/c' },
      { type: 'symlink', path: 's', linkpath: 'a' },
      { type: 'link', path: 's2', linkpath: 's' },
      { type: 'fifo', path: 'p' },
    ],
  ]);
  const disk = readDisk(directory);
  expect([...disk.keys()]).toEqual(['', '/a', '/a/b', '/a/b/c', '/a/d', '/s', '/s2']);
  expect(disk.get('/a/b')).toMatchObject({ mode: 0o511, mtimeNs: 1_000_000_000_000n });
  expect(disk.get('/a/d')?.inode).toBe(disk.get('/a/b/c')?.inode);
  expect(disk.get('/s2')).toMatchObject({ type: 'symlink', target: 'a' });
  expect(notDoneCounts(report)).toEqual({ link: 1, fifo: 1 });
});

test('a directory that was replaced by a symlink is not entered', async () => {
  const outside = newPath(scratch);
  mkdirSync(outside);
  const directory = newPath(scratch);
  const layer: EntrySpec[] = Array.from({ length: 1500 }, (_, i) => ({ path: `d${i}/f`, data: text('x') }));
  let done = false;
  const onProgress = (): void => {
    if (done) return;
    done = true;
    rmSync(join(directory, 'd5'), { recursive: true });
    symlinkSync(outside, join(directory, 'd5'));
  };
  await expect(extracted(scratch, [layer], { directory, onProgress })).rejects.toMatchObject({
    code: 'ERR_LAYERS_WRITE_OUTPUT',
  });
  expect([...readDisk(outside).keys()]).toEqual(['']);
});

test('with force, an existing symlink is replaced, not followed', async () => {
  const outside = newPath(scratch);
  const directory = newPath(scratch);
  for (const folder of [outside, directory]) mkdirSync(folder);
  symlinkSync(outside, join(directory, 'd'));
  await extracted(scratch, [[{ path: 'd/f', data: text('mine') }]], { directory, force: true });
  expect(readFileSync(join(directory, 'd/f'), 'utf8')).toBe('mine');
  expect([...readDisk(outside).keys()]).toEqual(['']);
});
