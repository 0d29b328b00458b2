import { openImage } from '@layers/core';
import { findDuplicates } from '@layers/insight';
import { duplicatesDocument } from '@layers/insight/duplicates';
import { analysed, INPUTS } from '@layers/testing/analysed';
import { pipe } from '@layers/testing/documents';
import { ociArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it, test } from 'vitest';

const scratch = useScratch();
const a = Buffer.alloc(3000, 'a');
const b = Buffer.alloc(3000, 'b');
const LAYERS = [
  [
    { path: 'bin/a', data: a },
    { path: 'bin/hard', type: 'link' as const, linkpath: 'bin/a' },
    { path: 'bin/b', data: b },
    { path: 'gone', data: a },
    { path: 'empty1' },
    { path: 'empty2' },
    { path: 'small1', data: Buffer.from('xyz') },
    { path: 'small2', data: Buffer.from('xyz') },
    { path: 'small3', data: Buffer.from('xyz') },
  ],
  [
    { path: '.wh.gone' },
    { path: 'usr/a', data: a, mode: 0o600 },
    { path: 'aaa', data: a },
    { path: 'small4', data: Buffer.from('xzz') },
  ],
];
const archive = ociArchive(LAYERS);

describe.each(INPUTS)('duplicates from %s', (_, input) => {
  it('lists files with the same content, the most savable bytes first', async () => {
    const document = await duplicatesDocument(await analysed(input(archive, scratch)));
    expect([...document.duplicates]).toEqual([
      {
        sizeBytes: 3000,
        copies: 3,
        savableBytes: 6000,
        files: [
          { path: '/aaa', layer: 1, names: 1 },
          { path: '/bin/a', layer: 0, names: 2 },
          { path: '/usr/a', layer: 1, names: 1 },
        ],
      },
      {
        sizeBytes: 3,
        copies: 3,
        savableBytes: 6,
        files: ['/small1', '/small2', '/small3'].map((path) => ({ path, layer: 0, names: 1 })),
      },
    ]);
    expect(document.totals).toEqual({ contents: 2, extraCopies: 4, savableBytes: 6006, rootfsBytes: 12_012 });
  });
});

it('lists only the first contents, and adds up all', async () => {
  const document = await duplicatesDocument(await analysed({ path: scratch.file(archive) }), { top: 1 });
  expect([...document.duplicates].map(({ savableBytes }) => savableBytes)).toEqual([6000]);
  expect(document.totals.savableBytes).toBe(6006);
});

it('ignores files under a size', async () => {
  const image = await openImage(scratch.file(archive));
  const { totals } = await findDuplicates(image, { minBytes: 4 });
  expect(totals).toMatchObject({ contents: 1, savableBytes: 6000 });
  expect((await findDuplicates(image, { minBytes: 3001 })).totals.contents).toBe(0);
});

test('a sparse file is a duplicate of the same bytes without holes', async () => {
  const data = Buffer.alloc(8192);
  data.write('end', 8189);
  const sparse = { realSize: 8192, extents: [[8189, 3] as const] };
  const bytes = ociArchive([
    [{ path: 'whole', data }],
    [
      { path: 'sparse', data: Buffer.from('end'), sparse },
      { path: 'other', data: Buffer.alloc(8192) },
    ],
  ]);
  const { duplicates } = await duplicatesDocument(await analysed({ path: scratch.file(bytes) }));
  expect([...duplicates].map(({ files }) => files.map(({ path }) => path))).toEqual([['/sparse', '/whole']]);
  const streamed = await analysed(pipe(bytes));
  await expect(duplicatesDocument(streamed)).rejects.toMatchObject({ code: 'ERR_LAYERS_NEEDS_FILE' });
});

test('an aborted search throws the reason of the signal', async () => {
  const data = Buffer.alloc(9 * 1024 * 1024);
  const bytes = ociArchive([['x', 'y'].map((path) => ({ path, data }))]);
  const analysis = await analysed({ path: scratch.file(bytes) });
  const reason = new Error('stop');
  await expect(duplicatesDocument(analysis, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect((await duplicatesDocument(analysis)).totals.contents).toBe(1);
});
