import { mkdtempSync, renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, openImage } from '@layers/core';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import {
  appendLayer,
  configureImage,
  exportImage,
  extractImage,
  type NewImage,
  repackImage,
  squashImage,
  writeImage,
} from '../../src/index.ts';

const scratch = useScratch();
const layers = ['a', 'b'].map((path) => buildTar([{ path, data: Buffer.alloc(600_000, path) }]));
const newPath = (): string => join(mkdtempSync(join(scratch.folder, 'out-')), 'new');

/** Writes an image, and calls `change` when the first bytes of its layers were copied. */
function copying(plan: (image: Image) => Promise<NewImage>) {
  return async (image: Image, change: () => void): Promise<unknown> => {
    let isFirst = true;
    const onProgress = (): void => {
      if (isFirst) change();
      isFirst = false;
    };
    return writeImage(await plan(image), newPath(), { onProgress });
  };
}

const GZIP = { kind: 'gzip', level: 1 } as const;
const COPIES: readonly (readonly [string, (image: Image, change: () => void) => Promise<unknown>])[] = [
  ['repack', copying((image) => repackImage(image))],
  ['repack with compression', copying((image) => repackImage(image, { compression: GZIP }))],
  ['config', copying((image) => configureImage(image, { edits: { author: 'somebody' } }))],
  [
    'append',
    copying(async (image) => (await appendLayer(image, { additions: [], deletions: ['/a'] })).image),
  ],
  ['squash', copying((image) => squashImage(image))],
  ['squash of the top', copying((image) => squashImage(image, { from: 1 }))],
  [
    'export',
    async (image, change) => {
      const { chunks } = await exportImage(image);
      let count = 0;
      for await (const _ of chunks()) if (count++ === 0) change();
    },
  ],
  [
    'extract',
    async (image, change) => {
      let isFirst = true;
      await extractImage(image, newPath(), {
        onProgress: () => {
          if (isFirst) change();
          isFirst = false;
        },
      });
    },
  ],
];

const CHANGES: readonly (readonly [string, (path: string) => void])[] = [
  ['has another time', (path) => utimesSync(path, 1, 1)],
  ['becomes shorter', (path) => truncateSync(path, 700_000)],
  ['becomes longer', (path) => writeFileSync(path, 'more', { flag: 'a' })],
  [
    'is replaced by a copy of the same time',
    (path) => {
      writeFileSync(`${path}.new`, archive);
      utimesSync(`${path}.new`, 2, 2);
      renameSync(`${path}.new`, path);
    },
  ],
];

const archive = buildDockerArchive({ images: [{ tags: ['app:1'], layers }] }, { form: 'hybrid' });

describe.each(COPIES)('an archive, while %s copies it,', (_, copy) => {
  it.each(CHANGES)('is refused where it %s', async (_what, change) => {
    const path = scratch.file(archive);
    utimesSync(path, 2, 2);
    const image = await openImage(path);
    expect(await codeOfAsync(() => copy(image, () => change(path)))).toBe('ERR_LAYERS_INPUT_CHANGED');
  });

  it('is read where it does not change', async () => {
    await copy(await openImage(scratch.file(archive)), () => undefined);
  });
});
