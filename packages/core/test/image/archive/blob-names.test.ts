import { describe, expect, test } from 'vitest';
import {
  blobName,
  digestOfBlobName,
  digestOfLayerName,
  idOfConfigName,
} from '../../../src/image/archive/blob-names.ts';

const hex = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const long = 'ef'.repeat(64);

describe('names of blobs', () => {
  test('convert to digests and back', () => {
    for (const digest of [`sha256:${hex}`, `sha512:${long}`, 'blake3:Zm9v'] as const) {
      expect(digestOfBlobName(blobName(digest))).toBe(digest);
    }
    expect(blobName(`sha256:${hex}`)).toBe(`blobs/sha256/${hex}`);
  });

  test.each([
    `blobs/sha256/${hex.slice(1)}`,
    `blobs/sha256/${hex.toUpperCase()}`,
    `blobs/sha512/${hex}`,
    `x/blobs/sha256/${hex}`,
    `blobs/sha256/${hex}/layer.tar`,
    `blobs/sha256/${hex}\n`,
    'blobs/sha256/',
  ])('%j is not one', (name) => {
    expect(digestOfBlobName(name)).toBeNull();
  });
});

describe('idOfConfigName', () => {
  test.each([
    [`${hex}.json`, `sha256:${hex}`],
    [`sha256:${hex}`, `sha256:${hex}`],
    [hex, `sha256:${hex}`],
    [`folder/${hex}.json`, `sha256:${hex}`],
    [`blobs/sha256/${hex}`, `sha256:${hex}`],
    [`blobs/sha512/${long}`, `sha512:${long}`],
    ['config.json', null],
    [`${hex}.txt`, null],
    [`${hex.slice(2)}.json`, null],
  ])('of %j is %j', (name, id) => {
    expect(idOfConfigName(name)).toBe(id);
  });
});

describe('digestOfLayerName', () => {
  test('returns the digest of the name of a blob, and of the names of kaniko, Jib and skopeo', () => {
    const diffId = `sha256:${other}` as const;
    for (const name of [`blobs/sha256/${hex}`, `${hex}.tar`, `${hex}.tar.gz`, `${hex}.tar.zst`]) {
      expect(digestOfLayerName(name, diffId), name).toBe(`sha256:${hex}`);
    }
  });

  test('returns null for a compressed layer that is named by its DiffID', () => {
    expect(digestOfLayerName(`${hex}.tar.gz`, `sha256:${hex}`)).toBeNull();
    expect(digestOfLayerName(`${hex}.tar`, `sha256:${hex}`)).toBe(`sha256:${hex}`);
  });

  test('returns null for other names', () => {
    for (const name of [`${hex}/layer.tar`, 'layer.tar', `${hex}.tgz`]) {
      expect(digestOfLayerName(name, null), name).toBeNull();
    }
  });
});
