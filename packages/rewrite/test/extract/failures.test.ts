import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import type { Member } from '@layers/testing/tar-builder';
import { afterEach, describe, expect, test } from 'vitest';
import { readDisk } from './support/disk-tree.ts';
import { extracted, fresh, missesOf } from './support/extracted.ts';

const scratch = useScratch();
const mounted: string[] = [];

/** Mounts an empty file system of a megabyte; false where that is not allowed. */
function mountSmall(directory: string): boolean {
  mkdirSync(directory, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', directory], { stdio: 'ignore' });
  } catch {
    console.warn('skipped: what happens on another file system, which needs the right to mount one');
    return false;
  }
  mounted.push(directory);
  return true;
}

afterEach(() => {
  for (const directory of mounted.splice(0)) execFileSync('umount', [directory]);
});

const half: Member[] = [0, 1, 2].map((i) => ({ path: `d/${i}`, data: Buffer.alloc(400_000, 1) }));

describe.each([null, 'gzip' as const])('with layers compressed with %s', (compression) => {
  test('a full disk ends it in one line, with whole files only', async () => {
    const directory = fresh(scratch);
    if (!mountSmall(directory)) return;
    const failed = extracted(scratch, [half], { directory, compression });
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_LAYERS_WRITE_OUTPUT',
      message: `cannot write "/d/2" below ${directory}: the disk is full; what is there is incomplete`,
      archive: undefined,
    });
    expect(readdirSync(join(directory, 'd'))).toEqual(['0', '1']);
  });

  test('an abort in the middle of a file leaves whole files only', async () => {
    const directory = fresh(scratch);
    const controller = new AbortController();
    const members = [
      { path: 'first', data: Buffer.from('x') },
      { path: 'second', data: Buffer.alloc(20_000_000, 'not one that packs well, but who knows') },
    ];
    let seen = false;
    const onProgress = (): void => {
      seen ||= existsSync(join(directory, 'second'));
      if (seen) controller.abort(new Error('enough'));
    };
    const aborted = extracted(scratch, [members], {
      directory,
      compression,
      onProgress,
      signal: controller.signal,
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(readdirSync(directory)).toEqual(['first']);
  });
});

test('an aborted signal makes nothing at all', async () => {
  const directory = fresh(scratch);
  const aborted = extracted(scratch, [half], { directory, signal: AbortSignal.abort(new Error('enough')) });
  await expect(aborted).rejects.toThrow('enough');
  expect(existsSync(directory)).toBe(false);
});

test('a destination that is a file is refused', async () => {
  const directory = fresh(scratch);
  writeFileSync(directory, 'x');
  const refused = extracted(scratch, [half], { directory, force: true });
  await expect(refused).rejects.toMatchObject({ code: 'ERR_LAYERS_WRITE_OUTPUT' });
});

test('where another file system is mounted inside, hard links to it become copies, and are told', async () => {
  const directory = fresh(scratch);
  if (!mountSmall(join(directory, 'other'))) return;
  const { report } = await extracted(
    scratch,
    [
      [
        { path: 'f', data: Buffer.from('words'), mode: 0o640, mtime: 1000 },
        { type: 'symlink', path: 's', linkpath: 'f' },
        { type: 'link', path: 'other/f', linkpath: 'f' },
        { type: 'link', path: 'other/s', linkpath: 's' },
      ],
    ],
    { directory, force: true },
  );
  const disk = readDisk(directory);
  const copied = { type: 'file', size: 5, mode: 0o640, mtimeNs: 1_000_000_000_000n };
  expect(disk.get('/other/f')).toMatchObject(copied);
  expect(disk.get('/other/s')).toMatchObject({ type: 'symlink', target: 'f' });
  expect(missesOf(report)).toEqual({ link: 2 });
  expect(report).toMatchObject({ files: 2, symlinks: 2, links: 0, bytesWritten: 10 });
});
