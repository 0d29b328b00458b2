import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readOne } from '@layers/testing/analysed';
import { documentsOf } from '@layers/testing/documents';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { beforeEach, describe, expect, test } from 'vitest';
import { LayerCache } from '../../../src/image/cache/layer-cache.ts';
import { createContentComparer } from '../../../src/image/contents/compare-contents.ts';
import type { ReadOptions } from '../../../src/image/open-archive.ts';
import { changesetOf, type ReadLayer } from '../../../src/image/read-image.ts';
import { verifyLayers } from '../../../src/image/verify-layers.ts';
import { archiveOf, cacheIn, counted, filesIn, flipByte, inodeOf, noise, untilSettled } from './support.ts';

const scratch = useScratch();
const file = (path: string, data: Uint8Array | string): EntrySpec => ({ path, data: Buffer.from(data) });

let directory = '';
let made = 0;
beforeEach(() => {
  directory = join(scratch.folder, `cache-${made++}`);
});

const layer = [file('etc/conf', 'a=1'), file('bin/tool', noise(20_000))];
const read = (path: string, options: ReadOptions = {}) =>
  readOne({ path }, { cache: cacheIn(directory), ...options });

async function archive(...layers: readonly (readonly EntrySpec[])[]): Promise<string> {
  const path = scratch.file(archiveOf(...layers));
  await untilSettled();
  return path;
}

/** The documents of an archive, with nothing about whether this run computed the digests. */
async function answer(path: string, options: ReadOptions = {}): Promise<unknown> {
  const text = JSON.stringify(await documentsOf({ path }, { threads: 0, ...options }));
  return JSON.parse(text, (key, value) => (key === 'verified' ? undefined : value));
}

describe('a layer that was read before', () => {
  test('is not read again, and has the same documents', async () => {
    const path = await archive(layer, [file('etc/conf', 'b=2')]);
    const cold = await answer(path);
    expect(await answer(path, { cache: cacheIn(directory) })).toEqual(cold);
    const { source, bytes } = counted(path);
    await readOne({ source, path }, { cache: cacheIn(directory) });
    // The headers of the archive, its documents, and samples of both layers.
    expect(bytes()).toBeLessThan(20_000);
    expect(await answer(path, { cache: cacheIn(directory) })).toEqual(cold);
  });

  test('is known in another file by its digest, which is computed', async () => {
    await read(await archive(layer));
    const before = filesIn(directory).length;
    const copy = await archive(layer);
    const first = await read(copy);
    expect(first.layers[0]?.verified).toBe(true);
    // One index, and two places.
    expect(filesIn(directory)).toHaveLength(before + 1);
    expect((await read(copy)).layers[0]?.verified).toBeNull();
    // A column of a file of the cache, not of a layer that was read.
    const { names } = changesetOf(first.layers[0] ?? expect.fail());
    expect(names.buffer.byteLength).toBeGreaterThan(names.byteLength);
  });

  test('is not taken for a layer that only declares its digest', async () => {
    const bytes = archiveOf(layer);
    await read(await archive(layer));
    const data = gzipSync(buildTar(layer));
    const at = bytes.indexOf(data);
    expect(at).toBeGreaterThan(0);
    bytes.fill(0x55, at + data.length - 2000, at + data.length - 1000);
    const path = scratch.file(bytes);
    await untilSettled();
    const image = await read(path);
    expect(image.layers[0]?.verified).toBe(false);
    expect(image.findings).toEqual((await readOne({ path })).findings);
  });

  test('is verified for its files by a digest of its bytes', async () => {
    const path = await archive(layer);
    await read(path);
    const image = await read(path);
    const mismatches: number[] = [];
    const onMismatch = ({ position }: ReadLayer) => void mismatches.push(position);
    await verifyLayers(image, image.layers, { threads: 0, onMismatch });
    expect(mismatches).toEqual([]);
    const stale = await read(path);
    const size = statSync(path).size;
    const bytes = readFileSync(path);
    bytes.fill(0x55, size >> 1, (size >> 1) + 50);
    writeFileSync(path, bytes);
    await verifyLayers(stale, stale.layers, { threads: 0, onMismatch });
    expect(mismatches).toEqual([0]);
  });

  test('is not verified by what an earlier run computed', async () => {
    const path = await archive(layer);
    expect((await read(path)).layers[0]?.verified).toBe(true);
    expect((await read(path)).layers[0]?.verified).toBeNull();
  });

  test('still does not match a wrong digest', async () => {
    const bytes = archiveOf(layer);
    const diffId = /"diff_ids":\["sha256:([0-9a-f]{64})"/.exec(bytes.toString('latin1'))?.[1] ?? '';
    bytes.write(diffId.startsWith('0') ? '1' : '0', bytes.indexOf(diffId));
    const path = scratch.file(bytes);
    await untilSettled();
    const cold = await read(path);
    const warm = await read(path);
    expect(cold.layers[0]?.verified).toBe(false);
    expect(warm.layers[0]?.verified).toBe(false);
    expect(warm.findings).toEqual(cold.findings);
  });

  test('keeps its damage', async () => {
    const bytes = archiveOf(layer);
    bytes.fill(0xff, 3000, 3100);
    const path = scratch.file(bytes);
    await untilSettled();
    const cold = await read(path);
    expect(cold.layers[0]?.index?.problem).not.toBeNull();
    const { source, bytes: count } = counted(path);
    const warm = await readOne({ source, path }, { cache: cacheIn(directory) });
    expect(warm.layers[0]?.index?.problem).toEqual(cold.layers[0]?.index?.problem);
    expect(warm.findings).toEqual(cold.findings);
    expect(count()).toBeLessThan(20_000);
  });

  test('counts against the limits', async () => {
    const many = Array.from({ length: 600 }, (_, i) => file(`f${i}`, ''));
    const path = await archive(many);
    await read(path);
    const limits = { entries: 500, metadataBytes: 1e6 };
    await expect(read(path, { limits })).rejects.toMatchObject({ code: 'ERR_LAYERS_LIMIT' });
  });
});

describe('a layer that is not the one that was read', () => {
  test('is read if its file changed, also to the same size and time', async () => {
    const path = await archive([file('name-a', 'x')]);
    await read(path);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, archiveOf([file('name-b', 'x')]));
    utimesSync(path, atime, mtime);
    await untilSettled();
    expect(await answer(path, { cache: cacheIn(directory) })).toEqual(await answer(path));
  });

  test('is not kept if its file changed just now', async () => {
    const path = scratch.file(archiveOf(layer));
    utimesSync(path, new Date(), new Date(Date.now() + 60_000));
    await read(path);
    expect(filesIn(directory)).toEqual([]);
  });

  test('is read if the file changed and its state did not', async () => {
    const path = await archive([file('name-a', noise(5000))]);
    await read(path);
    // A source with the bytes of another file, as on a file system that does not note changes.
    const other = counted(await archive([file('name-b', noise(5000))]));
    const source = {
      ...other.source,
      reference: () => ({ kind: 'file' as const, path, size: other.source.size }),
    };
    const image = await readOne({ source, path }, { cache: cacheIn(directory) });
    const { names } = changesetOf(image.layers[0] ?? expect.fail());
    expect(Buffer.from(names).toString()).toContain('name-b');
  });

  test('is not found under another version', async () => {
    const path = await archive(layer);
    await read(path);
    const { source, bytes } = counted(path);
    await readOne({ source, path }, { cache: cacheIn(directory, { version: 'w' }) });
    expect(bytes()).toBeGreaterThan(20_000);
  });
});

describe('a file of the cache', () => {
  test.each([
    ['damaged', (path: string) => flipByte(path, statSync(path).size >> 1)],
    ['truncated', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, -1))],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['one that others may write', (path: string) => chmodSync(path, 0o666)],
    ['missing', (path: string) => rmSync(path)],
    [
      'a directory',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('that is %s is not believed, and replaced where that is possible', async (what, change) => {
    const path = await archive(layer);
    const cold = await answer(path);
    await read(path, { accessPoints: true });
    for (const each of filesIn(directory)) {
      change(each);
      expect(await answer(path, { cache: cacheIn(directory) })).toEqual(cold);
      if (what === 'a directory') rmSync(each, { recursive: true });
      await read(path, { accessPoints: true });
    }
    const { source, bytes } = counted(path);
    await readOne({ source, path }, { cache: cacheIn(directory) });
    expect(bytes()).toBeLessThan(20_000);
  });

  test('does not count under another name', async () => {
    const [a, b] = [await archive(layer), await archive([file('other', noise(9000, 7))])];
    const cold = [await answer(a), await answer(b)];
    await read(a);
    const ofA = filesIn(directory);
    await read(b);
    const ofB = filesIn(directory).filter((path) => !ofA.includes(path));
    const exchanged = ofA.map((path) => readFileSync(path));
    for (const [i, path] of ofA.entries()) writeFileSync(path, readFileSync(ofB[i] ?? ''));
    for (const [i, path] of ofB.entries()) writeFileSync(path, exchanged[i] ?? '');
    expect([
      await answer(a, { cache: cacheIn(directory) }),
      await answer(b, { cache: cacheIn(directory) }),
    ]).toEqual(cold);
  });

  test('is not believed if the key is another one', async () => {
    const path = await archive(layer);
    const before = cacheIn(directory).fingerprintKey;
    await read(path);
    flipByte(join(directory, 'key'), 3);
    const cache = cacheIn(directory);
    expect(Buffer.compare(cache.fingerprintKey, before)).not.toBe(0);
    const { source, bytes } = counted(path);
    await readOne({ source, path }, { cache });
    expect(bytes()).toBeGreaterThan(20_000);
  });
});

describe('a cache', () => {
  test('stays within its size', async () => {
    const path = await archive(
      [file('a', noise(3000))],
      [file('b', noise(3000, 2))],
      [file('c', noise(3000, 3))],
    );
    await read(path);
    const size = (): number => filesIn(directory).reduce((sum, each) => sum + statSync(each).size, 0);
    const maxBytes = size() / 2;
    await read(await archive([file('d', noise(3000, 4))]), { cache: cacheIn(directory, { maxBytes }) });
    expect(size()).toBeLessThanOrEqual(maxBytes);
    expect(size()).toBeGreaterThan(0);
  });

  test('does not exist where its directory cannot be made or belongs to everybody', () => {
    const open = (path: string) => LayerCache.open({ directory: path, version: 'v' });
    expect(open(join(scratch.file(Buffer.from('')), 'below'))).toBeNull();
    expect(open('/proc/no/such')).toBeNull();
    const shared = join(scratch.folder, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    expect(open(shared)).toBeNull();
  });

  test.skipIf(process.getuid?.() === 0)('is read, and not written, in a read-only directory', async () => {
    const path = await archive(layer);
    await read(path);
    chmodSync(directory, 0o500);
    const files = filesIn(directory);
    const { source, bytes } = counted(path);
    await readOne({ source, path }, { cache: cacheIn(directory) });
    expect(bytes()).toBeLessThan(20_000);
    await read(await archive([file('new', noise(5000, 9))]));
    expect(filesIn(directory)).toEqual(files);
    chmodSync(directory, 0o700);
  });

  test('keeps its key', () => {
    const { fingerprintKey } = cacheIn(directory);
    const inode = inodeOf(join(directory, 'key'));
    expect(Buffer.compare(cacheIn(directory).fingerprintKey, fingerprintKey)).toBe(0);
    expect(inodeOf(join(directory, 'key'))).toBe(inode);
  });

  test('makes contents of different runs comparable', async () => {
    const [a, b] = [await archive(layer), await archive(layer, [file('more', 'x')])];
    await read(a);
    const comparer = createContentComparer(await read(a), await read(b));
    const place = { layer: 0, entry: 1 };
    expect(comparer.compare(place, place)).toBe('same');
    expect(comparer.compare(place, { layer: 0, entry: 0 })).toBe('different');
    comparer.close();
  });

  test('leaves contents under two keys unknown', async () => {
    const path = await archive(layer);
    const other = await archive(layer, [file('more', 'x')]);
    const comparer = createContentComparer(await read(path), await readOne({ path: other }));
    const place = { layer: 0, entry: 1 };
    expect(comparer.compare(place, place)).toBe('unknown');
    expect(comparer.fingerprintB(place)).toBeNull();
    comparer.close();
  });
});
