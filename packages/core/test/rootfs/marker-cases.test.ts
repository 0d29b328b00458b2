import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { rootfsTotals } from '../../src/rootfs/rootfs.ts';
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

const device = (path: string): EntrySpec => ({ path, type: 'char', devmajor: 0, devminor: 0 });
const TWO_CONFLICTS = ['whiteout-with-entry', 'whiteout-with-entry'];
const XATTRS = new Map([['user.a', Buffer.from('1')]]);

/** The union rules for whiteouts and other markers. */
describe('`.wh.name`', () => {
  test('hides the name and its descendants in lower layers', () => {
    const union = unite([
      [directory('d'), file('d/a', '12345'), file('d/e/b', '123'), file('dd', '1'), file('keep')],
      [marker('.wh.d')],
    ]);
    expect(pathsOf(union)).toEqual(['/dd', '/keep']);
    expect(wasteLinesOf(union).sort()).toEqual(['/d/a 5 deleted, by 1', '/d/e/b 3 deleted, by 1']);
    expect(changesOf(union, 1)).toEqual([0, 0, 2]);
    expect(codesOf(union, 1)).toEqual([]);
  });

  test('hides nothing of its own layer, at any position', () => {
    for (const [before, after] of [
      [[], [marker('.wh.f')]],
      [[marker('.wh.f')], []],
    ] as const) {
      const union = unite([[file('f', '123')], [...before, file('f', '45'), file('g'), ...after]]);
      expect(pathsOf(union, { from: true })).toEqual([`/f 1:${before.length}`, `/g 1:${before.length + 1}`]);
      expect(wasteLinesOf(union)).toEqual(['/f 3 deleted, by 1']);
      expect(changesOf(union, 1)).toEqual([1, 1, 0]);
    }
  });

  test('hides only the exact name', () => {
    const union = unite([[file('ab'), file('a.b'), file('a/c')], [marker('.wh.a')]]);
    expect(pathsOf(union)).toEqual(['/a.b', '/ab']);
  });

  test('hides the entries of several lower layers, for its own layer and those above', () => {
    const union = unite([[file('d/a')], [file('d/b')], [marker('.wh.d')], [file('d/c')]]);
    expect(pathsOf(union)).toEqual(['/d/', '/d/c']);
    expect(wasteLinesOf(union).sort()).toEqual(['/d/a 1 deleted, by 2', '/d/b 1 deleted, by 2']);
  });
});

describe('`.wh..wh..opq`', () => {
  const below = [directory('d', { mode: 0o700 }), file('d/old', '1234'), file('d/e/deep', '12')];

  test('hides all lower children of its directory and keeps its attributes', () => {
    const union = unite([below, [marker('d/.wh..wh..opq')]]);
    expect(pathsOf(union)).toEqual(['/d/']);
    expect(treeOf(union).get('/d')?.attributes).toBe('700 0 0 0.0');
    expect(wasteLinesOf(union).sort()).toEqual(['/d/e/deep 2 deleted, by 1', '/d/old 4 deleted, by 1']);
  });

  test('keeps the children of its own layer, at any position', () => {
    for (const layer of [
      [marker('d/.wh..wh..opq'), file('d/new')],
      [file('d/new'), marker('d/.wh..wh..opq')],
      [directory('d'), file('d/new'), file('z'), marker('./d/.wh..wh..opq')],
    ]) {
      const union = unite([below, layer]);
      expect(pathsOf(union).filter((path) => path !== '/z')).toEqual(['/d/', '/d/new']);
      expect(codesOf(union, 1).filter((code) => code !== 'parent-without-entry')).toEqual([]);
    }
  });

  test('in the root hides all lower layers', () => {
    const union = unite([
      [...below, file('f')],
      [file('new'), marker('.wh..wh..opq')],
    ]);
    expect(pathsOf(union)).toEqual(['/new']);
  });

  test('has no effect in a missing directory or a file', () => {
    const union = unite([
      [file('f'), symlink('s', 'd'), file('d/a')],
      [marker('no/.wh..wh..opq')],
      [marker('f/.wh..wh..opq'), marker('s/.wh..wh..opq')],
    ]);
    expect(pathsOf(union)).toEqual(['/d/', '/d/a', '/f', '/s']);
    expect(codesOf(union, 1)).toEqual([]);
    expect(codesOf(union, 2)).toEqual(['whiteout-below-file', 'whiteout-below-file']);
  });
});

describe('whiteout and entry of the same name in one layer', () => {
  test('the lower path is hidden and the new one remains', () => {
    const union = unite([[file('f', 'old')], [marker('.wh.f'), file('f', 'new!')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/f 1:1']);
    expect(wasteLinesOf(union)).toEqual(['/f 3 deleted, by 1']);
    expect(codesOf(union, 1)).toEqual([]);
  });

  test('a directory has only the new children, with a finding that loaders differ', () => {
    for (const again of [[file('foo/b')], [directory('foo'), file('foo/b')]]) {
      const union = unite([
        [file('foo/a'), file('foo/b')],
        [marker('.wh.foo'), ...again],
      ]);
      expect(pathsOf(union)).toEqual(['/foo/', '/foo/b']);
      expect(codesOf(union, 1)).toEqual(['whiteout-with-entry']);
    }
  });

  test('an entry before its own whiteout remains, with a finding that Docker rejects it', () => {
    const union = unite([[], [file('f', 'new'), marker('.wh.f')]]);
    expect(pathsOf(union)).toEqual(['/f']);
    expect(wasteLinesOf(union)).toEqual([]);
    expect(codesOf(union, 1)).toEqual(['whiteout-of-nothing', 'whiteout-with-entry']);
  });

  // Docker 20.10 and podman 4.3 refuse, accept or change these layers as the findings say.
  test.each([
    ['a device, then a file', [device('a'), file('a')], ['whiteout-with-entry']],
    ['a file, then a device', [file('a'), device('a')], ['whiteout-with-entry']],
    ['a device, then a hard link', [file('b'), device('a'), link('a', 'b')], ['whiteout-with-entry']],
    ['a device, then a directory', [device('a'), directory('a')], ['whiteout-with-entry']],
    ['a device, then a file below it', [device('a'), file('a/b')], ['whiteout-with-entry']],
    ['a device, then a whiteout', [device('a'), marker('.wh.a')], ['whiteout-with-entry']],
    ['a device, a whiteout, a file', [device('a'), marker('.wh.a'), file('a')], TWO_CONFLICTS],
    ['a whiteout, then a device', [marker('.wh.a'), device('a')], []],
    ['a whiteout, then a file', [marker('.wh.a'), file('a')], []],
    ['two devices', [device('a'), device('a')], ['duplicate-entry']],
    ['two whiteouts', [marker('.wh.a'), marker('.wh.a')], ['duplicate-entry']],
    ['two opaque markers', [marker('d/.wh..wh..opq'), marker('d/.wh..wh..opq')], ['duplicate-entry']],
    ['a device 0:0 of another path', [device('a'), file('b')], []],
  ])('of %s has findings for what loaders refuse', (_, layer, expected) => {
    const union = unite([[directory('d'), file('a')], layer]);
    expect(codesOf(union, 1).filter((code) => code !== 'overlay-whiteout')).toEqual(expected);
  });

  test('a file that is stored again with its whiteout counts as deleted, and is not compared', () => {
    const union = unite([[file('f', 'same')], [marker('.wh.f'), file('f', 'same')]]);
    expect(wasteLinesOf(union)).toEqual(['/f 4 deleted, by 1']);
    expect(union.candidates).toEqual([]);
    expect(changesOf(union, 1)).toEqual([0, 1, 0]);
  });
});

describe('whiteout of nothing', () => {
  test('has no effect, creates no parents and causes a finding', () => {
    const union = unite([[file('a')], [marker('.wh.none'), marker('no/such/.wh.thing'), file('b')]]);
    expect(pathsOf(union)).toEqual(['/a', '/b']);
    expect(codesOf(union, 1)).toEqual(['whiteout-of-nothing', 'whiteout-of-nothing']);
    expect(union.changes[1]?.findings[1]).toMatchObject({ place: { path: '/no/such/thing', offset: 512 } });
  });

  test('a second whiteout of an existing path is not one', () => {
    const union = unite([[file('d/a')], [marker('.wh.d'), marker('d/.wh.a'), marker('.wh.d')]]);
    expect(codesOf(union, 1)).toEqual(['duplicate-entry', 'whiteout-below-whiteout']);
  });

  test('a whiteout of a path in its own layer only is one', () => {
    const union = unite([[], [file('f'), file('x'), marker('.wh.x')]]);
    expect(codesOf(union, 1)).toContain('whiteout-of-nothing');
  });
});

test('`.wh.` without a name, `.wh..` and `.wh...` are ignored, with a finding', () => {
  const union = unite([
    [file('a'), file('d/b')],
    [marker('.wh.'), marker('d/.wh..'), marker('d/.wh...'), file('c')],
  ]);
  expect(pathsOf(union)).toEqual(['/a', '/c', '/d/', '/d/b']);
  expect(codesOf(union, 1)).toEqual(['bare-whiteout', 'bare-whiteout', 'bare-whiteout']);
});

describe('bookkeeping of AUFS', () => {
  test('is ignored at the root, with its descendants', () => {
    const union = unite([
      [file('a'), file('.wh..wh.plnk/123.45', '123'), file('.wh..wh.orph/x')],
      [directory('.wh..wh.plnk'), file('.wh..wh.aufs'), link('b', '.wh..wh.plnk/123.45')],
    ]);
    expect(pathsOf(union)).toEqual(['/a']);
    expect(codesOf(union, 0)).toEqual([]);
    expect(codesOf(union, 1)).toEqual(['dangling-link']);
    expect(wasteLinesOf(union)).toEqual([]);
  });

  test('has the contents of hard links, which are one content with several names', () => {
    for (const [before, after] of [
      [[], [file('.wh..wh.plnk/9.1', '12345')]],
      [[file('.wh..wh.plnk/9.1', '12345')], []],
    ] as const) {
      const links = [link('usr/bin/perl', '.wh..wh.plnk/9.1'), link('perl5', './.wh..wh.plnk/9.1')];
      const union = unite([[...before, ...links, ...after]]);
      expect(pathsOf(union)).toEqual(['/perl5', '/usr/', '/usr/bin/', '/usr/bin/perl']);
      expect(rootfsTotals(union)).toMatchObject({ files: 2, rootfsBytes: 5 });
      expect(codesOf(union, 0)).toEqual(before.length === 0 ? ['link-before-target'] : []);
      const deleted = unite([
        [...before, ...links, ...after],
        [marker('.wh.usr'), marker('.wh.perl5')],
      ]);
      expect(wasteLinesOf(deleted)).toEqual(['/usr/bin/perl 5 deleted, by 1']);
    }
  });

  test('has the contents of links of any spelling, of several inodes, and of links to such links', () => {
    const layer = [
      file('.wh..wh.plnk/1.1', '1'),
      file('.wh..wh.plnk/2.2', '22'),
      link('a', '/.wh..wh.plnk/1.1'),
      link('b/c', '.wh..wh.plnk//1.1'),
      link('d', '.wh..wh.plnk/2.2'),
      link('e', 'd'),
    ];
    const union = unite([layer]);
    expect(pathsOf(union)).toEqual(['/a', '/b/', '/b/c', '/d', '/e']);
    expect(rootfsTotals(union)).toMatchObject({ files: 4, rootfsBytes: 3 });
    expect(codesOf(union, 0)).toEqual([]);
    const replaced = unite([layer, [file('a', '333')]]);
    expect(rootfsTotals(replaced)).toMatchObject({ files: 4, rootfsBytes: 6 });
  });

  test('of one layer has no contents for the links of another', () => {
    const union = unite([
      [file('.wh..wh.plnk/1.1', '1'), link('a', '.wh..wh.plnk/1.1')],
      [link('b', '.wh..wh.plnk/1.1')],
    ]);
    expect(pathsOf(union)).toEqual(['/a']);
    expect(codesOf(union, 1)).toEqual(['dangling-link']);
  });

  test('is a name like others below a directory', () => {
    const union = unite([
      [file('d/.wh..opqX'), file('d/a')],
      [directory('d/.wh..wh..opaque'), file('d/.wh..wh..opaque/f'), file('d/e/.wh..wh.plnk/1.2')],
    ]);
    expect(pathsOf(union)).toEqual([
      '/d/',
      '/d/.wh..wh..opaque/',
      '/d/.wh..wh..opaque/f',
      '/d/a',
      '/d/e/',
      '/d/e/.wh..wh.plnk/',
      '/d/e/.wh..wh.plnk/1.2',
    ]);
  });
});

describe('a character device 0:0', () => {
  const device = { path: 'd', type: 'char' } as const;

  test('deletes its path, as the whiteout of an overlay file system, with a finding', () => {
    const union = unite([[file('d/a', '12'), file('b')], [device]]);
    expect(pathsOf(union)).toEqual(['/b']);
    expect(codesOf(union, 1)).toEqual(['overlay-whiteout']);
    expect(wasteLinesOf(union)).toEqual(['/d/a 2 deleted, by 1']);
  });

  test('is a device with other numbers', () => {
    const union = unite([[file('d')], [{ ...device, devminor: 1 }]]);
    expect(pathsOf(union)).toEqual(['/d']);
    expect(codesOf(union, 1)).toEqual([]);
  });
});

describe('whiteouts of a path and of its parent', () => {
  test('have a finding in any order', () => {
    const below = [file('d/a'), file('d/e/b')];
    expect(codesOf(unite([below, [marker('.wh.d'), marker('d/.wh.a')]]), 1)).toEqual([
      'whiteout-below-whiteout',
    ]);
    expect(codesOf(unite([below, [marker('.wh.d'), marker('d/e/.wh.b')]]), 1)).toEqual([
      'whiteout-below-whiteout',
    ]);
    expect(codesOf(unite([below, [marker('d/.wh.a'), marker('.wh.d')]]), 1)).toEqual([
      'whiteout-below-whiteout',
    ]);
    expect(codesOf(unite([below, [marker('d/.wh.a'), marker('d/.wh.e')]]), 1)).toEqual([]);
  });
});

describe('a whiteout below a file or a symlink', () => {
  const below = [directory('d'), file('d/a'), file('f'), symlink('s', 'd')];
  const code = 'whiteout-below-file';

  test.each([
    ['of a lower layer', [marker('f/.wh.x')], [code]],
    ['of a lower layer, at any depth', [marker('f/x/y/.wh.z')], ['whiteout-of-nothing', code]],
    ['that is a symlink of a lower layer', [marker('s/.wh.a')], [code]],
    ['of a lower layer, opaque', [marker('f/.wh..wh..opq')], [code]],
    ['before it in its layer', [symlink('d', 'e'), marker('d/.wh.a')], [code]],
    ['before it in its layer, opaque', [file('d'), marker('d/.wh..wh..opq')], [code]],
    ['after it in its layer', [marker('d/.wh.a'), file('d')], []],
    ['that its layer replaces by a directory', [marker('f/.wh.x'), directory('f')], []],
    ['that its layer deletes', [marker('.wh.d'), marker('d/.wh.a')], ['whiteout-below-whiteout']],
  ])('%s', (_, layer, codes) => {
    expect(codesOf(unite([below, layer]), 1)).toEqual(codes);
  });

  test('does not change it', () => {
    expect(pathsOf(unite([below, [marker('f/.wh.x'), marker('s/.wh.a')]]))).toEqual([
      '/d/',
      '/d/a',
      '/f',
      '/s',
    ]);
  });
});

describe('a directory of a lower layer without an entry', () => {
  const code = 'parent-without-entry';
  const odd = directory('d', { mode: 0o700 });

  test.each([
    ['that has another mode', [odd], [file('d/a')], [code]],
    ['that has another owner', [directory('d', { uid: 5 })], [file('d/e/f/a')], [code]],
    ['that has another group', [directory('d', { gid: 5 })], [directory('d/e')], [code]],
    ['that has extended attributes', [directory('d', { xattrs: XATTRS })], [symlink('d/s', 'x')], [code]],
    ['in which a file is deleted', [odd, file('d/a')], [marker('d/.wh.a')], [code]],
    ['that becomes opaque', [odd, file('d/a')], [marker('d/.wh..wh..opq')], [code]],
    ['that has the default attributes', [directory('d')], [file('d/a')], []],
    ['that never had one', [file('d/a')], [file('d/b')], []],
    ['before its entry', [odd], [file('d/a'), odd], []],
    ['that is deleted', [odd], [marker('.wh.d')], []],
  ])('%s', (_, below, layer, codes) => {
    expect(codesOf(unite([below, layer]), 1)).toEqual(codes);
  });

  test('keeps its attributes', () => {
    const union = unite([[odd], [file('d/a')]]);
    expect(treeOf(union).get('/d')?.attributes).toBe('700 0 0 0.0');
    expect(union.changes[1]?.findings[0]?.place).toEqual({ path: '/d' });
  });
});

test('names similar to markers are names', () => {
  const looks = ['.WH.a', '.wh', '.why', 'a.wh.b', 'wh.a'];
  expect(pathsOf(unite([looks.map((name) => file(name))]))).toEqual(looks.map((name) => `/${name}`));
});
