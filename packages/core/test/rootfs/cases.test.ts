import { describe, expect, test } from 'vitest';
import { linkTargetOf, storedSizeOf } from '../../src/rootfs/changeset.ts';
import {
  changesOf,
  codesOf,
  directory,
  file,
  link,
  marker,
  pathsOf,
  symlink,
  wasteLinesOf,
} from './layer-helpers.ts';
import { treeOf, unite } from './union-helpers.ts';

/** The other union rules, except those for hard links. */
test('directory over directory: attributes replaced, children merged', () => {
  const union = unite([
    [directory('d', { mode: 0o700, uid: 5 }), file('d/a')],
    [directory('d', { mode: 0o1777, gid: 7 }), file('d/b')],
  ]);
  expect(pathsOf(union, { from: true })).toEqual(['/d/ 1:0', '/d/a 0:1', '/d/b 1:1']);
  expect(treeOf(union).get('/d')?.attributes).toBe('1777 0 7 0.0');
  expect(changesOf(union, 1)).toEqual([1, 0, 0]);
  expect(codesOf(union, 1)).toEqual([]);
});

describe('anything else over anything', () => {
  test('removes the lower path and its descendants', () => {
    const union = unite([[file('lib/a', '12'), file('lib/s/b', '345')], [symlink('lib', 'usr/lib')]]);
    expect(pathsOf(union)).toEqual(['/lib']);
    expect(wasteLinesOf(union).sort()).toEqual(['/lib/a 2 replaced, by 1', '/lib/s/b 3 replaced, by 1']);
    expect(changesOf(union, 1)).toEqual([1, 0, 2]);
  });

  test('a file over a file overwrites it; with the same size it is a candidate for comparison', () => {
    const union = unite([
      [file('f', 'abc'), file('g', 'abc')],
      [file('f', 'abc'), file('g', 'abcd')],
    ]);
    expect(wasteLinesOf(union)).toEqual(['/f 3 overwritten, by 1', '/g 3 overwritten, by 1']);
    expect(union.candidates).toEqual([
      { oldLayer: 0, oldEntry: 0, newLayer: 1, newEntry: 0, layer: 1, waste: 0 },
    ]);
    expect(changesOf(union, 1)).toEqual([0, 2, 0]);
  });

  test('other types over a file replace it', () => {
    const over = [
      directory('f'),
      symlink('f', 'x'),
      { type: 'fifo', path: 'f' },
      { type: 'char', path: 'f', devmajor: 1, devminor: 3 },
    ] as const;
    for (const spec of over) {
      const union = unite([[file('f', 'abc')], [spec]]);
      expect(wasteLinesOf(union)).toEqual(['/f 3 replaced, by 1']);
    }
  });

  test('only regular files are waste', () => {
    const union = unite([
      [symlink('s', 'x'), { type: 'fifo', path: 'p' }, directory('d')],
      [file('s'), file('p'), file('d')],
    ]);
    expect(wasteLinesOf(union)).toEqual([]);
    expect(changesOf(union, 1)).toEqual([1, 2, 0]);
  });

  test('an entry equal to a lower one is a modification', () => {
    const layer = [file('f', 'abc'), symlink('s', 'f')];
    expect(changesOf(unite([layer, layer]), 1)).toEqual([0, 2, 0]);
  });
});

test('directory -> file -> directory starts empty', () => {
  const union = unite([[file('d/a', '12')], [file('d', '345')], [file('d/b')]]);
  expect(pathsOf(union)).toEqual(['/d/', '/d/b']);
  expect(treeOf(union).get('/d')?.from).toBe('');
  expect(wasteLinesOf(union)).toEqual(['/d/a 2 replaced, by 1', '/d 3 replaced, by 2']);
  const explicit = unite([[file('d/a')], [file('d')], [directory('d')]]);
  expect(pathsOf(explicit)).toEqual(['/d/']);
});

describe('entry without headers for its parents', () => {
  test('parents keep the attributes of lower layers', () => {
    const union = unite([[directory('d', { mode: 0o700, uid: 3 })], [file('d/a')]]);
    expect(treeOf(union).get('/d')).toMatchObject({ attributes: '700 3 0 0.0', from: '0:0' });
  });

  test('missing parents are 0755 root until a header follows', () => {
    const union = unite([[file('a/b/c'), directory('a', { mode: 0o711 })]]);
    expect(treeOf(union).get('/a/b')).toMatchObject({
      type: 'directory',
      attributes: '755 0 0 0.0',
      from: '',
    });
    expect(treeOf(union).get('/a')).toMatchObject({ attributes: '711 0 0 0.0' });
    expect(codesOf(union, 0)).toEqual([]);
  });

  test('a whiteout in the same layer removes their attributes too', () => {
    const union = unite([[directory('d', { mode: 0o700 })], [marker('.wh.d'), file('d/a')]]);
    expect(treeOf(union).get('/d')?.attributes).toBe('755 0 0 0.0');
  });
});

describe('`lib/x` where `lib` is a symlink below', () => {
  test('`lib` becomes a directory with `x` only, with a finding', () => {
    const union = unite([[file('usr/lib/y'), symlink('lib', 'usr/lib')], [file('lib/x')]]);
    expect(pathsOf(union)).toEqual(['/lib/', '/lib/x', '/usr/', '/usr/lib/', '/usr/lib/y']);
    expect(codesOf(union, 1)).toEqual(['parent-not-directory']);
    expect(changesOf(union, 1)).toEqual([1, 0, 1]);
  });

  test('a whiteout below `lib` hides nothing through the symlink', () => {
    const union = unite([[file('usr/lib/y'), symlink('lib', 'usr/lib')], [marker('lib/.wh.y')]]);
    expect(pathsOf(union)).toContain('/usr/lib/y');
    expect(codesOf(union, 1)).toEqual(['whiteout-below-file']);
  });

  test('the same if `lib` is a file, whose content becomes waste', () => {
    const union = unite([[file('lib', '1234')], [file('lib/a/x')]]);
    expect(pathsOf(union)).toEqual(['/lib/', '/lib/a/', '/lib/a/x']);
    expect(wasteLinesOf(union)).toEqual(['/lib 4 replaced, by 1']);
  });
});

describe('same path twice in a layer', () => {
  test('the last entry is used, earlier contents are waste, with a finding', () => {
    const union = unite([[file('f', '1'), file('f', '22'), file('./f', '333')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/f 0:2']);
    expect(wasteLinesOf(union)).toEqual(['/f 1 duplicate-entry, by 0', '/f 2 duplicate-entry, by 0']);
    expect(codesOf(union, 0)).toEqual(['duplicate-entry', 'duplicate-entry']);
    expect(changesOf(union, 0)).toEqual([1, 0, 0]);
  });

  test('directories keep their children', () => {
    const union = unite([[directory('d', { mode: 0o700 }), file('d/a'), directory('d', { mode: 0o711 })]]);
    expect(pathsOf(union, { from: true })).toEqual(['/d/ 0:2', '/d/a 0:1']);
    expect(codesOf(union, 0)).toEqual(['duplicate-entry']);
  });

  test('a content that is stored and replaced in one layer is a duplicate entry, whatever replaced it', () => {
    const union = unite([
      [file('d/a', '12'), symlink('d', 'x')],
      [file('f', '345'), file('f/x')],
    ]);
    expect(wasteLinesOf(union)).toEqual(['/d/a 2 duplicate-entry, by 0', '/f 3 duplicate-entry, by 1']);
  });

  test('the content of a lower layer is overwritten by the first entry', () => {
    const union = unite([[file('f', '1')], [file('f', '2'), file('f', '3')]]);
    expect(wasteLinesOf(union)).toEqual(['/f 1 overwritten, by 1', '/f 1 duplicate-entry, by 1']);
    expect(changesOf(union, 1)).toEqual([0, 1, 0]);
  });
});

describe('names', () => {
  test('are bytes: any except NUL and `/` is preserved', () => {
    const name = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1).filter((byte) => byte !== 0x2f));
    const union = unite([[{ path: Buffer.concat([Buffer.from('d/'), name]) }]]);
    expect([...treeOf(union).keys()]).toEqual(['', '/d', `/d/${name.toString('latin1')}`]);
  });

  test('that differ in one invalid byte are different', () => {
    const union = unite([[{ path: Buffer.from([0xff]) }, { path: Buffer.from([0xfe]) }]]);
    expect(treeOf(union).size).toBe(3);
  });

  test('`./`, `/` and `//` are normalised, and `..` inside a name', () => {
    const below = ['./a/f', '/b//f', 'c/./f', './/x/../d/f', 'e/f/'].map((path) => file(path));
    const union = unite([below, ['a/f', 'b/f', 'c/f', 'd/f', 'e/f'].map((path) => file(path, 'new'))]);
    expect(pathsOf(union)).toEqual([
      '/a/',
      '/a/f',
      '/b/',
      '/b/f',
      '/c/',
      '/c/f',
      '/d/',
      '/d/f',
      '/e/',
      '/e/f',
    ]);
    expect(changesOf(union, 1)).toEqual([0, 5, 0]);
  });

  test('that leave the root by `..` are ignored, with a finding and without content', () => {
    const union = unite([
      [file('../etc/passwd'), file('a/../../b'), file('..'), file('a'), marker('../.wh.a')],
    ]);
    expect(pathsOf(union)).toEqual(['/a']);
    expect(codesOf(union, 0)).toEqual(Array.from({ length: 4 }, () => 'name-climbs-out'));
    expect([...(union.layers[0]?.size ?? [])]).toEqual([0, 0, 0, 1, 0]);
    expect(union.layers[0]?.count).toBe(5);
  });
});

test('xattrs are bytes that are preserved', () => {
  const capability = Buffer.from([1, 0, 0, 2, 0x0a, 0xff, 0x3d, 0, 0]);
  const union = unite([[file('ping', 'x', { xattrs: new Map([['security.capability', capability]]) })]]);
  expect(Buffer.from(union.layers[0]?.xattrs.get(0)?.get('security.capability') ?? [])).toEqual(capability);
});

describe('sparse files, devices, FIFOs, unusual times, large ids and sizes', () => {
  test('sparse files have the size of the whole file and the stored size', () => {
    const sparse = { realSize: 10_000, extents: [[0, 2] as const, [9000, 3] as const] };
    const union = unite([[file('s', '12345', { sparse, mtimeNs: 5 })], [marker('.wh.s')]]);
    expect(wasteLinesOf(union)).toEqual(['/s 10000 deleted, by 1']);
    const [layer] = union.layers;
    expect(layer && storedSizeOf(layer, 0)).toBe(5);
    expect(layer?.sparse.get(0)?.sparse.extents).toEqual([
      { offset: 0, bytes: 2 },
      { offset: 9000, bytes: 3 },
    ]);
  });

  test('device nodes and FIFOs keep their numbers', () => {
    const union = unite([
      [
        { type: 'char', path: 'null', devmajor: 1, devminor: 3 },
        { type: 'block', path: 'sda', devmajor: 8, devminor: 17, mode: 0o660 },
        { type: 'fifo', path: 'pipe' },
      ],
    ]);
    const devices = [...treeOf(union).values()].slice(1).map(({ type, device }) => `${type} ${device}`);
    expect(devices.sort()).toEqual(['block 8:17', 'char 1:3', 'fifo ']);
  });

  test('negative and sub-second times, and ids above 2^21', () => {
    const more = { mtime: -2, mtimeNs: 500_000_000, uid: 3_000_000_000, gid: 2 ** 21 };
    const union = unite([[file('old', 'x', more), file('new')]]);
    expect(treeOf(union).get('/old')?.attributes).toBe('644 3000000000 2097152 -2.500000000');
    expect(treeOf(union).get('/new')?.attributes).toBe('644 0 0 0.0');
  });

  test('unknown types are entries with a finding, but not in the tree', () => {
    const union = unite([[{ type: 'unknown', path: 'odd', data: Buffer.from('123') }, file('a')]]);
    expect(pathsOf(union)).toEqual(['/a']);
    expect(codesOf(union, 0)).toEqual(['unknown-type']);
    expect(union.layers[0]?.count).toBe(2);
  });
});

describe('the root', () => {
  test('has the attributes of `./`, `/` or an empty name, and is never counted', () => {
    for (const path of ['./', '/', '', 'a/..']) {
      const union = unite([[directory(path, { mode: 0o700, uid: 9 }), file('a')]]);
      expect(treeOf(union).get('')).toMatchObject({ attributes: '700 9 0 0.0', from: '0:0' });
      expect(changesOf(union, 0)).toEqual([1, 0, 0]);
      expect(codesOf(union, 0)).toEqual([]);
    }
  });

  test('is always a directory', () => {
    const union = unite([[file('./', 'abc'), symlink('/', 'x'), link('', 'a'), file('a')]]);
    expect(pathsOf(union)).toEqual(['/a']);
    expect(codesOf(union, 0)).toEqual(Array.from({ length: 3 }, () => 'root-not-directory'));
  });
});

test('a symlink keeps the exact bytes of its target', () => {
  const target = Buffer.from([0x2e, 0x2e, 0x2f, 0xff, 0x2f, 0x2f, 0x61, 0x0a]);
  const [layer] = unite([[{ type: 'symlink', path: 's', linkpath: target }]]).layers;
  expect(layer && Buffer.from(linkTargetOf(layer, 0))).toEqual(target);
});
