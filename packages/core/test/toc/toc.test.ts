import { gzipSync } from 'node:zlib';
import { TOC_LAYERS } from '@layers/testing/toc-layers';
import { describe, expect, test } from 'vitest';
import { pathOf } from '../../src/rootfs/changeset.js';
import {
  changesetOfToc,
  compareToc,
  declaredToc,
  InvalidToc,
  isTocHidden,
  lastContentStart,
  readToc,
  tocContent,
} from '../../src/toc/index.js';
import { bytesOf, rangesOf, readTar, tarOf, writtenLayer } from './written-layers.js';

describe.each(TOC_LAYERS)('a layer of %s', (name) => {
  test('has the entries of its tar, and all of their attributes', async () => {
    const { blob, toc } = writtenLayer(name);
    const { changeset } = readTar(await tarOf(blob));
    const declared = changesetOfToc(toc).changeset;
    expect(compareToc(declared, changeset)).toEqual([]);
    expect(declared.count).toBe(changeset.count);
    for (const column of ['kind', 'mode', 'uid', 'gid', 'size', 'parent'] as const)
      expect(declared[column]).toEqual(changeset[column]);
  });

  test('gives each content by one request', async () => {
    const { blob, toc } = writtenLayer(name);
    const { contents } = readTar(await tarOf(blob));
    expect(contents.size).toBeGreaterThan(5);
    for (const [entry, content] of contents) {
      const found = toc.entries[entry];
      if (found === undefined) throw new Error('the TOC lacks an entry');
      const ranges = rangesOf(blob);
      const bytes = await bytesOf(tocContent(ranges, toc.format, found));
      expect(Buffer.compare(bytes, content)).toBe(0);
      expect(ranges.requests).toBe(content.length === 0 ? 0 : 1);
    }
  });

  test('gives no byte of a chunk that is not the declared one', async () => {
    const { blob, toc } = writtenLayer(name);
    const found = toc.entries.find(({ name: path }) => Buffer.from(path).toString() === 'etc/deep/random');
    if (found === undefined) throw new Error('the TOC lacks the file');
    const other = `sha256:${'0'.repeat(64)}` as const;
    const [first, ...rest] = [...found.chunks].reverse();
    if (first === undefined) throw new Error('the file has no chunks');
    const entry = { ...found, chunks: [...[...rest].reverse(), { ...first, digest: other }] };
    const chunks: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of tocContent(rangesOf(blob), toc.format, entry)) chunks.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ERR_LAYERS_BLOB_MISMATCH' });
    expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBe(first.at);
  });

  test('is refused where the TOC is not the declared one', () => {
    const { blob, place } = writtenLayer(name);
    const other = { ...place, digest: { value: `sha256:${'0'.repeat(64)}`, of: 'document' } } as const;
    expect(() => readToc(blob.subarray(place.start, place.end), other)).toThrow(InvalidToc);
    const cut = blob.subarray(place.start, place.end - 20);
    expect(() => readToc(cut, { ...place, digest: null })).toThrow(InvalidToc);
  });

  test('names its TOC in its annotations', () => {
    const { annotations, blob, place } = writtenLayer(name);
    const declared = declaredToc(annotations, blob.length);
    expect(declared?.format).toBe(place.format);
    if (declared !== null && 'start' in declared) {
      expect(declared.start).toBe(place.start);
      expect(declared.end).toBe(place.end);
    }
    expect(declaredToc(annotations, place.start)?.format).not.toBe('zstd:chunked');
  });
});

test('a TOC of eStargz behind the end of the tar is no file of the layer', () => {
  const { blob, toc, place } = writtenLayer('estargz');
  const listed = { ...toc, entries: toc.entries.slice(0, -1) };
  const stored = blob.subarray(lastContentStart(listed), place.start);
  expect(isTocHidden(listed, stored)).toBe(false);
  expect(isTocHidden(listed, Buffer.concat([stored, gzipSync(Buffer.alloc(1024))]))).toBe(true);
  expect(() => isTocHidden(listed, stored.subarray(0, 50))).toThrow(InvalidToc);
});

test('differences between a TOC and its tar are found by path', async () => {
  const { blob, toc } = writtenLayer('zstd-containers');
  const { changeset } = readTar(await tarOf(blob));
  const [first, ...others] = toc.entries;
  const changed = others.map((entry) =>
    Buffer.from(entry.name).toString() === 'etc/numbers' ? { ...entry, mode: 0o755 } : entry,
  );
  if (first === undefined) throw new Error('the TOC is empty');
  const differences = compareToc(changesetOfToc({ ...toc, entries: changed }).changeset, changeset);
  expect(differences.map(({ what, place }) => `${what} ${place.path}`)).toEqual([
    'the table of contents states another mode of /etc/numbers',
    'the table of contents lacks /etc',
  ]);
  expect(Buffer.from(pathOf(changeset, 0)).toString()).toBe('/etc');
});
