import { buildEntry, buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import {
  buffersOf,
  type Changeset,
  contentBytesOf,
  dataOffsetOf,
  joinReversed,
  linkTargetOf,
  pathOf,
  storedSizeOf,
} from '../../src/rootfs/changeset.ts';
import { ChangesetIndexer } from '../../src/rootfs/changeset-indexer.ts';
import { Kind } from '../../src/rootfs/kind.ts';
import { directory, file, link, marker, symlink } from './layer-helpers.ts';
import { changesetBySeeking } from './union-helpers.ts';

const sparse = { realSize: 1000, extents: [[0, 2] as const, [500, 1] as const] };
const specs = [
  directory('./'),
  file('a', '12345'),
  file('usr/lib/x', '123'),
  link('/b', '/usr/lib/x'),
  symlink('usr/s', '../lib'),
  marker('usr/.wh.old'),
  marker('usr/lib/.wh..wh..opq'),
  file('sparse', '123', { sparse }),
  file('../out', '12'),
  directory('usr/lib'),
  symlink('empty', ''),
  file('n'.repeat(150), '1'),
];
const tar = buildTar(specs);
const changeset = changesetBySeeking(tar);
const each = <T>(of: (changeset: Changeset, entry: number) => T): T[] =>
  specs.map((_, i) => of(changeset, i));

describe('a changeset', () => {
  test('has the kind of each entry', () => {
    const { directory: d, file: f, link: l, symlink: s, whiteout: w, opaque: o, ignored } = Kind;
    expect([...changeset.kind]).toEqual([d, f, f, l, s, w, o, f, ignored, d, s, f]);
    expect(changeset.count).toBe(specs.length);
  });

  test('pathOf returns paths from the root: for a whiteout the hidden path, for an opaque marker its directory', () => {
    const paths = each(pathOf).map((path) => path.toString());
    const expected = [
      '/',
      '/a',
      '/usr/lib/x',
      '/b',
      '/usr/s',
      '/usr/old',
      '/usr/lib',
      '/sparse',
      '/',
      '/usr/lib',
      '/empty',
    ];
    expect(paths).toEqual([...expected, `/${'n'.repeat(150)}`]);
  });

  test('linkTargetOf returns the bytes of a target, and none for other types', () => {
    const targets = each(linkTargetOf).map((target) => Buffer.from(target).toString());
    expect(targets).toEqual(['', '', '', '/usr/lib/x', '../lib', '', '', '', '', '', '', '']);
    expect(linkTargetOf(changeset, 1000)).toHaveLength(0);
  });

  test('linkTargetOf finds each of many targets', () => {
    const many = Array.from({ length: 301 }, (_, i) =>
      i % 3 === 0 ? file(`f${i}`) : symlink(`s${i}`, `t${i}`),
    );
    const indexed = changesetBySeeking(buildTar(many));
    const targets = many.map((_, i) => Buffer.from(linkTargetOf(indexed, i)).toString());
    expect(targets).toEqual(many.map((_, i) => (i % 3 === 0 ? '' : `t${i}`)));
  });

  test('has the positions of each entry and its data', () => {
    let at = 0;
    specs.forEach((spec, i) => {
      const length = buildEntry(spec).length;
      expect(changeset.headerOffset[i]).toBe(at);
      const data = spec.data ?? Buffer.alloc(0);
      const from = dataOffsetOf(changeset, i);
      if (changeset.kind[i] === Kind.file) {
        expect(storedSizeOf(changeset, i)).toBe(data.length);
        expect(tar.subarray(from, from + data.length)).toEqual(data);
      }
      at += length;
    });
  });

  test('counts the bytes of regular files, including holes', () => {
    expect(contentBytesOf(changeset)).toBe(5 + 3 + 1000 + 1);
  });

  test('transfers the buffers of all its columns to another thread', () => {
    const source = changesetBySeeking(tar);
    const copy = structuredClone(source, { transfer: buffersOf(source) });
    expect(copy).toEqual(changeset);
    for (const value of Object.values(source))
      if (ArrayBuffer.isView(value)) expect(value.byteLength).toBe(0);
  });

  test('stores the fingerprints of entries', () => {
    const indexer = new ChangesetIndexer();
    expect(indexer.finish().fingerprints).toBeNull();
    const entry = { ...entryDefaults, path: Buffer.from('a') };
    for (const name of ['a', 'b', 'c']) indexer.add({ ...entry, path: Buffer.from(name) });
    indexer.fingerprint(1, new Uint8Array(16).fill(9));
    const { fingerprints } = indexer.finish();
    expect([...(fingerprints ?? [])]).toEqual([
      ...Array(16).fill(0),
      ...Array(16).fill(9),
      ...Array(16).fill(0),
    ]);
  });
});

test('joinReversed joins parts from the last to the first', () => {
  const joined = [[], ['a'], ['c', 'b', 'a']].map((parts) =>
    Buffer.from(joinReversed(parts.map((part) => Buffer.from(part)))).toString(),
  );
  expect(joined).toEqual(['/', '/a', '/a/b/c']);
});

const entryDefaults = {
  headerOffset: 0,
  dataOffset: 512,
  storedSize: 1,
  size: 1,
  type: 'file' as const,
  typeflag: 0x30,
  linkpath: new Uint8Array(0),
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0,
  mtimeNs: 0,
  devmajor: 0,
  devminor: 0,
  xattrs: null,
  sparse: null,
  isSelfContained: true,
};
