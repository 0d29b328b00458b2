import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { decodeLayer } from '../../../src/image/cache/decode-layer.ts';
import { encodeLayer, type KeptLayer } from '../../../src/image/cache/encode-layer.ts';
import { indexBytes } from '../../../src/image/layers/layer-sink.ts';
import type { Changeset } from '../../../src/rootfs/changeset.ts';

/** A layer with everything that a changeset can have. */
function richLayer(): KeptLayer {
  const xattr = (...pairs: readonly [string, string][]) =>
    new Map(pairs.map(([name, value]) => [name, Buffer.from(value)]));
  const data = Buffer.from('data');
  const tar = buildTar([
    { path: 'etc/', type: 'directory' },
    { path: 'etc/a', data, mtime: 12, mtimeNs: 250, xattrs: xattr(['user.a', 'one']) },
    { path: 'etc/b', data, xattrs: xattr(['user.a', 'one']) },
    { path: 'etc/c', data, xattrs: xattr(['user.a', 'two'], ['user.b', 'three']) },
    { path: 'etc/link', type: 'symlink', linkpath: 'a' },
    { path: 'etc/link2', type: 'symlink', linkpath: 'b' },
    { path: 'dev/null', type: 'char', devmajor: 1, devminor: 3 },
    { path: '../out', data },
    { path: 'x/.wh.gone', data: Buffer.from('') },
    {
      path: 'sparse',
      data: Buffer.alloc(1000, 1),
      sparse: {
        realSize: 9000,
        extents: [
          [0, 400],
          [5000, 600],
        ],
      },
    },
  ]);
  const index = indexBytes(tar, {
    storedDigests: ['sha256'],
    tarDigests: ['sha256'],
    fingerprintKey: new Uint8Array(28),
  });
  return { index, isChecked: true };
}

/** Returns bytes as a cache reads them: in a buffer of their own. */
function encoded(layer: KeptLayer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(encodeLayer(layer)));
}

const rich = richLayer();

test('a layer is decoded as it was encoded', () => {
  const { changeset } = rich.index;
  expect(changeset.xattrs.size).toBe(3);
  expect(changeset.sparse.size).toBe(1);
  expect(changeset.devices.size).toBe(1);
  expect(changeset.asStored.size).toBe(1);
  expect(changeset.mtimeNs).not.toBeNull();
  expect(changeset.fingerprints).not.toBeNull();
  expect(changeset.findings.length).toBeGreaterThan(0);
  expect(decodeLayer(encoded(rich))).toEqual(rich);
});

test('the columns are views of the bytes', () => {
  const bytes = encoded(rich);
  const decoded = decodeLayer(bytes)?.index.changeset;
  for (const value of Object.values(decoded ?? {})) {
    if (ArrayBuffer.isView(value)) expect(value.buffer).toBe(bytes.buffer);
  }
});

describe('a layer that cannot exist is refused', () => {
  const { changeset, tarBytes } = rich.index;
  const directories = changeset.dirParent.length;
  const CASES: readonly (readonly [string, Partial<Changeset>])[] = [
    ['an unknown kind', { kind: changeset.kind.with(1, 10) }],
    ['a directory behind the last one', { parent: changeset.parent.with(1, directories) }],
    ['a directory before the first one', { parent: changeset.parent.with(1, -1) }],
    ['a name behind the end of the names', { nameStart: changeset.nameStart.with(1, 1 << 30) }],
    ['a name that is too long', { nameLength: changeset.nameLength.with(1, 0xffff) }],
    ['a negative size', { size: changeset.size.with(1, -1) }],
    ['a size of half a byte', { size: changeset.size.with(1, 0.5) }],
    ['a size behind the end of the tar', { size: changeset.size.with(1, tarBytes) }],
    ['a time that is no number', { mtime: changeset.mtime.with(1, Number.NaN) }],
    ['an infinite owner', { uid: changeset.uid.with(1, Number.POSITIVE_INFINITY) }],
    ['a header behind the end of the tar', { headerOffset: changeset.headerOffset.with(1, tarBytes) }],
    ['a directory that is its own parent', { dirParent: changeset.dirParent.with(1, 1) }],
    ['a root with a parent', { dirParent: changeset.dirParent.with(0, 1) }],
    ['no root', { dirParent: changeset.dirParent.subarray(0, 0) }],
    ['a directory without a name', { dirNameStart: changeset.dirNameStart.with(1, 1 << 30) }],
    ['a link that is no entry', { linkEntry: changeset.linkEntry.with(1, changeset.count) }],
    ['links in another order', { linkEntry: changeset.linkEntry.slice().reverse() }],
    ['a target behind the names', { linkStart: changeset.linkStart.with(0, 1 << 30) }],
    ['xattrs of no entry', { xattrs: new Map([[changeset.count, new Map()]]) }],
    ['a device of no entry', { devices: new Map([[changeset.count, [1, 1]]]) }],
    [
      'a sparse map of no entry',
      { sparse: new Map([[changeset.count, { sparse: { form: 'gnu', extents: [] }, storedSize: 0 }]]) },
    ],
    [
      'a sparse file with too many stored bytes',
      { sparse: new Map([[1, { sparse: { form: 'gnu', extents: [] }, storedSize: tarBytes }]]) },
    ],
    [
      'a stored name behind the names',
      {
        asStored: new Map([
          [1, { nameStart: changeset.names.length, nameLength: 1, size: 0, isDirectory: false }],
        ]),
      },
    ],
    ['two seconds of nanoseconds', { mtimeNs: new Uint32Array(changeset.count).fill(2e9) }],
    ['fewer fingerprints than entries', { fingerprints: new Uint8Array(16) }],
  ];

  test.each(CASES)('%s', (_, columns) => {
    const index = { ...rich.index, changeset: { ...changeset, ...columns } };
    expect(decodeLayer(encoded({ ...rich, index }))).toBeNull();
  });

  test('any part of the bytes', () => {
    const bytes = encoded(rich);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(decodeLayer(bytes.slice(0, length))).toBeNull();
    }
    expect(decodeLayer(new Uint8Array(Buffer.concat([bytes, Buffer.alloc(8)])))).toBeNull();
  });
});
