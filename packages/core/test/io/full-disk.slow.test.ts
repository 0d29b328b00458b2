import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorOfAsync } from '@layers/testing/errors';
import { mountSmallDisk } from '@layers/testing/mounts';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { withAtomicFile } from '../../src/io/atomic-file.ts';

const scratch = useScratch();

describe('a full disk', () => {
  it('causes a clear error and no changes', async (context) => {
    const directory = join(scratch.folder, 'disk');
    mkdirSync(directory);
    const unmount = mountSmallDisk(directory, 3);
    if (unmount === null) return context.skip('this user cannot mount a file system');
    try {
      const path = join(directory, 'out');
      const error = await errorOfAsync(() =>
        withAtomicFile(path, { force: false }, (file) => file.write(Buffer.alloc(4 << 20, 'x'))),
      );
      expect(error.message).toBe(`cannot write ${path}: no space left on device`);
      expect(readdirSync(directory)).toEqual([]);
    } finally {
      unmount();
    }
  });
});
