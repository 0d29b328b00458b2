import { gzipSync } from 'node:zlib';
import { sociLayer } from '@layers/testing/toc-layers';
import { describe, expect, test } from 'vitest';
import { ztocContents } from '../../src/image/remote/ztoc-contents.js';
import { changesetOfEntries, compareToc, InvalidToc, parseZtoc } from '../../src/toc/index.js';
import { bytesOf, rangesOf, readTar, tarOf } from './written-layers.js';

describe('an index of SOCI', () => {
  const { layer, ztoc: bytes } = sociLayer();
  const { blob } = layer;
  const ztoc = parseZtoc(bytes, blob.length);
  const changeset = changesetOfEntries(ztoc.entries);
  const stored = () => rangesOf(blob).range(0, blob.length);

  test('has the entries of the tar, at their positions, and all of their attributes', async () => {
    const tar = readTar(await tarOf(blob)).changeset;
    expect(compareToc(changeset, tar)).toEqual([]);
    for (const column of [
      'kind',
      'mode',
      'uid',
      'gid',
      'size',
      'parent',
      'mtime',
      'mtimeNs',
      'headerOffset',
      'headerBytes',
    ] as const)
      expect(changeset[column]).toEqual(tar[column]);
  });

  test('gives each content by one request', async () => {
    const { contents } = readTar(await tarOf(blob));
    for (const [entry, content] of contents) {
      const ranges = rangesOf(blob);
      const layerContents = ztocContents(changeset, ztoc, { size: blob.length, blob: ranges, stored });
      const read = await bytesOf(layerContents.content(entry) ?? stored());
      expect(Buffer.compare(read, content)).toBe(0);
      expect(ranges.requests).toBe(content.length === 0 ? 0 : 1);
    }
  });

  test('gives no byte of a span that is not the declared one', async () => {
    const damaged = blob.slice();
    damaged[damaged.length - 100] = (damaged[damaged.length - 100] ?? 0) ^ 1;
    const { contents } = readTar(await tarOf(blob));
    const layerContents = ztocContents(changeset, ztoc, {
      size: blob.length,
      blob: rangesOf(damaged),
      stored,
    });
    const [last = 0] = [...contents].reverse().find(([, { length }]) => length > 0) ?? [];
    const reading = bytesOf(layerContents.content(last) ?? stored());
    await expect(reading).rejects.toMatchObject({ code: 'ERR_LAYERS_BLOB_MISMATCH' });
  });

  test('is refused for a layer of another size, and where any of its bytes are cut off', () => {
    expect(() => parseZtoc(bytes, blob.length + 1)).toThrow(InvalidToc);
    for (let length = 0; length < bytes.length; length += 997)
      expect(() => parseZtoc(bytes.slice(0, length), blob.length)).toThrow(InvalidToc);
    expect(() => parseZtoc(gzipSync('x'), blob.length)).toThrow(InvalidToc);
  });

  test('with any wrong byte is refused, or describes positions inside of the layer', () => {
    for (let at = 0; at < bytes.length; at += at < 3000 ? 1 : 101) {
      const wrong = bytes.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 0xff;
      try {
        const { spans, tarBytes } = parseZtoc(wrong, blob.length);
        for (const span of spans) expect(span.stored <= blob.length && span.start <= tarBytes).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidToc);
      }
    }
  });
});
