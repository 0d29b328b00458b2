import {
  chmodSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { analysed } from '@layers/testing/analysed';
import { useScratch } from '@layers/testing/scratch';
import { beforeEach, describe, expect, test } from 'vitest';
import { type InspectDocument, inspectDocument, parseInspectDocument } from '../../../src/analysis/index.ts';
import type { LayerCache } from '../../../src/image/cache/layer-cache.ts';
import { archiveOf, cacheIn, filesIn, flipByte, noise, untilSettled } from './support.ts';

const scratch = useScratch();
let directory = '';
let made = 0;
beforeEach(() => {
  directory = join(scratch.folder, `cache-${made++}`);
});

const cacheOfDocuments = (version = 'v'): LayerCache => cacheIn(directory, { minArchiveBytes: 0, version });
const document = { text: 'a', list: [1, null, { deep: true }] };

async function file(bytes: Uint8Array = noise(50_000)): Promise<string> {
  const path = scratch.file(bytes);
  await untilSettled();
  return path;
}

function keep(path: string, value: unknown = document, question = 'q'): void {
  const cache = cacheOfDocuments();
  cache.keepDocument(cache.archiveAt(path) ?? expect.fail(), question, value);
}

function find(path: string, question = 'q', cache = cacheOfDocuments()): unknown {
  const place = cache.archiveAt(path);
  return place === null ? undefined : cache.document(place, question);
}

describe('a document of an archive', () => {
  test('is found for the same file and question', async () => {
    const path = await file();
    expect(find(path)).toBeUndefined();
    keep(path);
    expect(find(path)).toEqual(document);
    expect(find(path, 'another')).toBeUndefined();
    expect(find(await file())).toBeUndefined();
    expect(find(path, 'q', cacheOfDocuments('w'))).toBeUndefined();
  });

  test('is found through a symlink, and not for what the link leads to later', async () => {
    const [path, other] = [await file(), await file(noise(50_000, 2))];
    const link = join(scratch.folder, 'link');
    symlinkSync(path, link);
    keep(link);
    expect(find(path)).toEqual(document);
    renameSync(other, path);
    expect(find(link)).toBeUndefined();
  });

  test('is not found if the file changed, also to the same size and time', async () => {
    const path = await file();
    keep(path);
    const { atime, mtime } = statSync(path);
    flipByte(path, 20_001);
    utimesSync(path, atime, mtime);
    await untilSettled();
    expect(find(path)).toBeUndefined();
    keep(path, 'new');
    expect(find(path)).toBe('new');
  });

  test('is not found, and removed, if the file changed and its state did not', async () => {
    const path = await file();
    keep(path);
    const cache = cacheOfDocuments();
    const place = cache.archiveAt(path) ?? expect.fail();
    // As on a file system that does not note changes.
    const other = cache.archiveAt(await file(noise(50_000, 2))) ?? expect.fail();
    expect(cache.document({ ...place, source: other.source }, 'q')).toBeUndefined();
    expect(filesIn(directory)).toEqual([]);
  });

  test('is not kept if the file changed while it was read, or just now', async () => {
    const path = await file();
    const cache = cacheOfDocuments();
    const place = cache.archiveAt(path) ?? expect.fail();
    flipByte(path, 7);
    cache.keepDocument(place, 'q', document);
    expect(cache.archiveAt(path)).toBeNull();
    expect(filesIn(directory)).toEqual([]);
  });

  test.each([
    ['undefined', { a: undefined }],
    ['infinite', { a: Number.POSITIVE_INFINITY }],
    ['negative zero', { a: -0 }],
    ['a Map', new Map()],
  ])('is not kept with a value that JSON does not express: %s', async (_, value) => {
    const path = await file();
    keep(path, value);
    expect(filesIn(directory)).toEqual([]);
  });

  test('is not kept if it is large', async () => {
    const path = await file();
    keep(path, 'x'.repeat(2_000_000));
    expect(filesIn(directory)).toEqual([]);
  });

  test('is not kept for a directory, for no file, and for a small file', async () => {
    const cache = cacheOfDocuments();
    expect(cache.archiveAt(scratch.folder)).toBeNull();
    expect(cache.archiveAt(join(scratch.folder, 'none'))).toBeNull();
    expect(cacheIn(directory).archiveAt(await file())).toBeNull();
  });

  test('is not believed once its file is damaged, of others, or was moved', async () => {
    const [path, other] = [await file(), await file()];
    keep(path);
    const [kept = ''] = filesIn(directory);
    const good = readFileSync(kept);
    for (const at of [0, 8, 20, 36, 40, 60, good.length - 1]) {
      flipByte(kept, at);
      expect(find(path)).toBeUndefined();
      writeFileSync(kept, good, { mode: 0o600 });
      expect(find(path)).toEqual(document);
    }
    writeFileSync(kept, good.subarray(0, -1), { mode: 0o600 });
    expect(find(path)).toBeUndefined();
    writeFileSync(kept, good, { mode: 0o600 });
    keep(other, 'of the other');
    const ofOther = filesIn(directory).find((name) => name !== kept) ?? expect.fail();
    writeFileSync(ofOther, good, { mode: 0o600 });
    expect(find(other)).toBeUndefined();
    chmodSync(kept, 0o622);
    expect(find(path)).toBeUndefined();
  });
});

describe('the document of inspect', () => {
  const inspected = async (): Promise<InspectDocument> => {
    const archive = archiveOf(
      [
        { path: 'a', data: Buffer.from('one') },
        { path: 'b', data: Buffer.from('two') },
      ],
      [
        { path: 'a', data: Buffer.from('1') },
        { path: '.wh.b', data: Buffer.from('') },
      ],
    );
    return inspectDocument(await analysed({ path: await file(archive) }), { top: 5 });
  };

  test('is the same after it was written as JSON and read again', async () => {
    const found = await inspected();
    expect(found.waste).toHaveLength(2);
    const text = JSON.stringify(found);
    expect(JSON.stringify(parseInspectDocument(JSON.parse(text)))).toBe(text);
  });

  test('is refused if anything is missing, unknown or of another type', async () => {
    const found = await inspected();
    expect(parseInspectDocument(null)).toBeNull();
    expect(parseInspectDocument({ ...found, more: 1 })).toBeNull();
    for (const key of Object.keys(found)) {
      const changed: Record<string, unknown> = { ...found, [key]: 'text' };
      expect(parseInspectDocument(changed)).toBeNull();
      delete changed[key];
      expect(parseInspectDocument(changed)).toBeNull();
    }
    const [layer] = found.layers;
    expect(parseInspectDocument({ ...found, layers: [{ ...layer, storedBytes: -1 }] })).toBeNull();
  });
});
