import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mountSmallDisk } from '@layers/testing/mounts';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { afterEach, describe, expect, type TestContext, test } from 'vitest';
import { readDisk } from './support/disk-tree.ts';
import { extracted, newPath, notDoneCounts } from './support/extracted.ts';

const scratch = useScratch();
const mounted: (() => void)[] = [];

function mountOrSkip(context: TestContext, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const unmount = mountSmallDisk(directory, 1);
  if (unmount === null) context.skip('this user cannot mount a file system');
  else mounted.push(unmount);
}

afterEach(() => {
  for (const unmount of mounted.splice(0)) unmount();
});

const layer: EntrySpec[] = [0, 1, 2].map((i) => ({ path: `d/${i}`, data: Buffer.alloc(400_000, 1) }));

describe.each([null, 'gzip' as const])('with layers compressed with %s', (compression) => {
  test('a full disk is an error, and leaves only complete files', async (context) => {
    const directory = newPath(scratch);
    mountOrSkip(context, directory);
    const failed = extracted(scratch, [layer], { directory, compression });
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_LAYERS_WRITE_OUTPUT',
      message: `cannot write "/d/2" below ${directory}: no space left on device; the extracted tree is incomplete`,
      archive: undefined,
    });
    expect(readdirSync(join(directory, 'd'))).toEqual(['0', '1']);
  });
});

test('hard links to another mounted file system become copies, and are reported', async (context) => {
  const directory = newPath(scratch);
  mountOrSkip(context, join(directory, 'other'));
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
  expect(notDoneCounts(report)).toEqual({ link: 2 });
  expect(report).toMatchObject({ files: 2, symlinks: 2, links: 0, writtenBytes: 10 });
});
