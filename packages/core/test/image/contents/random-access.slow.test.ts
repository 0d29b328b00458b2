import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOne } from '@layers/testing/analysed';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { beforeAll, describe, expect, test } from 'vitest';
import { readContent } from '../../../src/image/contents/content.ts';
import { readWholeContents } from '../../../src/image/contents/whole-contents.ts';
import type { ReadOptions } from '../../../src/image/open-archive.ts';
import type { ReadImage } from '../../../src/image/read-image.ts';
import { archiveOf, cacheIn, counted, filesIn, noise, untilSettled } from '../cache/support.ts';

const scratch = useScratch();
const MIB = 1024 * 1024;

/** Files of noise, so that the layer is as large as its files, and one with holes. */
const files: readonly (EntrySpec & { readonly data: Buffer })[] = [
  { path: 'a', data: noise(5 * MIB, 1) },
  { path: 'b', data: noise(300, 2) },
  { path: 'c', data: noise(5 * MIB, 3) },
  { path: 'd', data: noise(70_000, 4) },
  {
    path: 'holes',
    data: noise(1000, 5),
    sparse: {
      realSize: 9000,
      extents: [
        [0, 400],
        [5000, 600],
      ],
    },
  },
];
const [, , , d = expect.fail(), holes = expect.fail()] = files;
const D = 3;
const HOLES = 4;
let path = '';

beforeAll(async () => {
  path = scratch.file(archiveOf(files));
  await untilSettled();
});

async function content(image: ReadImage, entry: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of readContent(image, 0, entry)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** Opens the archive, and tells how many of its bytes were read since. */
async function opened(options: ReadOptions) {
  const { source, bytes } = counted(path);
  const image = await readOne({ source, path }, options);
  const before = bytes();
  return { image, readBytes: () => bytes() - before };
}

describe('a file of a compressed layer', () => {
  test('is read without what is stored before it, if the layer was prepared for it', async () => {
    const { image, readBytes } = await opened({ accessPoints: true });
    expect((await content(image, D)).equals(d.data)).toBe(true);
    expect(readBytes()).toBeLessThan(5 * MIB);
    const expanded = Buffer.alloc(9000);
    holes.data.copy(expanded, 0, 0, 400);
    holes.data.copy(expanded, 5000, 400, 1000);
    expect((await content(image, HOLES)).equals(expanded)).toBe(true);
  });

  test('is read so in a later run', async () => {
    const directory = join(scratch.folder, 'later');
    await opened({ accessPoints: true, cache: cacheIn(directory) });
    const { image, readBytes } = await opened({ cache: cacheIn(directory) });
    expect((await content(image, D)).equals(d.data)).toBe(true);
    expect(readBytes()).toBeLessThan(5 * MIB);
  });

  test('is read so if an earlier run did not prepare it: the first file that lies far behind does', async () => {
    const directory = join(scratch.folder, 'first');
    const options = { cache: cacheIn(directory) };
    const first = await opened(options);
    const files = filesIn(directory).length;
    expect((await content(first.image, 1)).equals(noise(300, 2))).toBe(true);
    expect(filesIn(directory)).toHaveLength(files);
    expect((await content(first.image, D)).equals(d.data)).toBe(true);
    expect(filesIn(directory)).toHaveLength(files + 1);
    const { image, readBytes } = await opened(options);
    expect((await content(image, D)).equals(d.data)).toBe(true);
    expect(readBytes()).toBeLessThan(5 * MIB);
  });

  test('is read with others in the order in which they are stored', async () => {
    const { image, readBytes } = await opened({ accessPoints: true });
    const places = [D, 1, D, 0].map((entry) => ({ layer: 0, entry }));
    const found = await readWholeContents(image, places);
    expect(
      found.map((bytes, i) => Buffer.compare(bytes, files[places[i]?.entry ?? 0]?.data ?? bytes)),
    ).toEqual([0, 0, 0, 0]);
    expect(readBytes()).toBeLessThan(12 * MIB);
  });

  test('is not read from other bytes, and the next run does not expect them', async () => {
    const directory = join(scratch.folder, 'changed');
    const changing = scratch.file(archiveOf(files));
    await untilSettled();
    const options = { accessPoints: true, cache: cacheIn(directory) };
    await readOne({ path: changing }, options);
    const image = await readOne({ path: changing }, options);
    const entries = filesIn(directory).length;
    writeFileSync(changing, archiveOf(files.map((file) => ({ ...file, data: noise(file.data.length, 9) }))));
    await expect(content(image, D)).rejects.toMatchObject({ code: 'ERR_LAYERS_INPUT_CHANGED' });
    expect(filesIn(directory)).toHaveLength(entries - 1);
  });
});
