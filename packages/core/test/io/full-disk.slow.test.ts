import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorOfAsync } from '@layers/testing/errors';
import { mountSmallDisk } from '@layers/testing/mounts';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { withAtomicFile } from '../../src/io/atomic-file.ts';

const scratch = useScratch();

describe('a disk that is full', () => {
  it('gives a clear error and is left as it was', async (context) => {
    const folder = join(scratch.folder, 'disk');
    mkdirSync(folder);
    const unmount = mountSmallDisk(folder, 3);
    if (unmount === null) return context.skip('this user cannot mount a file system');
    try {
      const path = join(folder, 'out');
      const error = await errorOfAsync(() =>
        withAtomicFile(path, { force: false }, (file) => file.write(Buffer.alloc(4 << 20, 'x'))),
      );
      expect(error.message).toBe(`cannot write ${path}: no space left on device`);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      unmount();
    }
  });
});
