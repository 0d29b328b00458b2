import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectImage, listFiles, openImage, readFile, verifyImage } from '@layers/core';
import { readingOf } from '@layers/core/api';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { archiveOf, counted, filesIn, noise, untilSettled } from '../image/cache/support.ts';

const scratch = useScratch();
const entries = [
  { path: 'etc/conf', data: Buffer.from('a=1') },
  { path: 'bin/tool', data: noise(50_000) },
];

async function archive() {
  const path = scratch.file(archiveOf(entries));
  await untilSettled();
  return { path, cache: join(scratch.folder, `kept-${filesIn(scratch.folder).length}`, 'cache') };
}

test('an image that is opened with a cache is read once, and has the same files', async () => {
  const { path, cache } = await archive();
  const first = await openImage(path, { cache });
  const [cold, files] = [await inspectImage(first), [...(await listFiles(first))]];
  const { source, bytes } = counted(path);
  const second = await openImage(source, { cache });
  const warm = await inspectImage(second);
  expect(bytes()).toBeLessThan(30_000);
  expect([cold.layers[0]?.verified, warm.layers[0]?.verified]).toEqual([true, null]);
  expect(warm.totals).toEqual(cold.totals);
  expect([...(await listFiles(second))]).toEqual(files);
  expect(Buffer.compare(await readFile(second, 'bin/tool'), entries[1]?.data ?? Buffer.alloc(0))).toBe(0);
});

test('functions that verify or write read whole layers nevertheless', async () => {
  const { path, cache } = await archive();
  await inspectImage(await openImage(path, { cache }));
  const image = await openImage(path, { cache });
  expect((await inspectImage(image)).layers[0]?.verified).toBeNull();
  expect((await readingOf(image).readAll()).layers[0]?.verified).toBe(true);
  const { source, bytes } = counted(path);
  expect((await verifyImage(await openImage(source, { cache }))).verified).toBe(true);
  expect(bytes()).toBeGreaterThan(50_000);
});

test('a directory that cannot be made is no error', async () => {
  const { path } = await archive();
  const file = join(scratch.folder, 'file');
  appendFileSync(file, '');
  const image = await openImage(path, { cache: join(file, 'below') });
  expect((await inspectImage(image)).layers[0]?.verified).toBe(true);
});
