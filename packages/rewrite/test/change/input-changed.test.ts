import { mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openImage } from '@layers/core';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { codeOfAsync } from '@layers/testing/errors';
import { collect } from '@layers/testing/new-images';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { exportImage, extractImage, squashImage, writeImage } from '../../src/index.ts';

const scratch = useScratch();
const layers = [buildTar([{ path: 'a', data: Buffer.alloc(5000, 1) }]), buildTar([{ path: 'b' }])];
const newFolder = (): string => mkdtempSync(join(scratch.folder, 'out-'));

const WAYS: readonly (readonly [string, (path: string, change: () => void) => Promise<unknown>])[] = [
  [
    'export',
    async (path, change) => {
      const { chunks } = await exportImage(await openImage(path));
      change();
      return collect(chunks());
    },
  ],
  [
    'extract',
    async (path, change) => {
      const image = await openImage(path);
      change();
      return extractImage(image, join(newFolder(), 'rootfs'));
    },
  ],
  [
    'squash',
    async (path, change) => {
      const squashed = await squashImage(await openImage(path));
      change();
      return writeImage(squashed, join(newFolder(), 'new.tar'));
    },
  ],
];

describe.each([null, 'gzip'] as const)('an archive of layers with the compression %s', (compression) => {
  const archive = buildDockerArchive(
    { images: [{ tags: ['app:1'], layers }] },
    { form: 'hybrid', compression },
  );

  describe.each(WAYS)('that changes before %s reads it', (_, read) => {
    it.each<[string, (path: string) => void]>([
      ['has another time', (path) => utimesSync(path, 1, 1)],
      ['is written again', (path) => writeFileSync(path, readFileSync(path))],
    ])('is refused where it %s', async (_what, change) => {
      const path = scratch.file(archive);
      utimesSync(path, 2, 2);
      expect(await codeOfAsync(() => read(path, () => change(path)))).toBe('ERR_LAYERS_INPUT_CHANGED');
    });

    it('is read where it does not change', async () => {
      const path = scratch.file(archive);
      await read(path, () => readFileSync(path));
    });
  });
});
