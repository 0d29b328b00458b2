import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
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

describe('a hard link', () => {
  test("is another name of its target's content", () => {
    const union = unite([[file('a', '12345'), link('b', 'a')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/a 0:0', '/b 0:0']);
    expect([...(union.names[0] ?? [])]).toEqual([2, 0]);
    expect(changesOf(union, 0)).toEqual([2, 0, 0]);
    expect(codesOf(union, 0)).toEqual([]);
  });

  test('with other attributes than its target gives them to all names, as for Docker, with a finding', () => {
    const odd = { ...link('b', 'a'), mode: 0o4711, uid: 77, mtime: 5, mtimeNs: 6 };
    const union = unite([[file('a', '12345', { mode: 0o600 }), odd]]);
    for (const path of ['/a', '/b']) expect(treeOf(union).get(path)?.attributes).toBe('4711 77 0 5.6');
    expect(union.layers[0]?.isSelfContained).toBe(false);
    expect(union.layers[0]?.findings).toEqual([
      {
        code: 'link-attributes',
        severity: 'warning',
        message:
          'a hard link has another owner, mode, time than its target; the attributes of the last link count, as for Docker',
        place: { path: '/b', offset: 1024 },
      },
    ]);
  });

  test.each<[string, EntrySpec[], string, number]>([
    [
      'the last one',
      [file('a'), { ...link('b', 'a'), mode: 0o700 }, { ...link('c', 'a'), mode: 0o4755 }],
      '4755 0 0 0.0',
      2,
    ],
    ['a link to a link', [file('a'), link('b', './a'), { ...link('c', '/b'), uid: 5 }], '644 5 0 0.0', 1],
    [
      'a link to a FIFO',
      [
        { type: 'fifo', path: 'a' },
        { ...link('b', 'a'), mode: 0o600 },
      ],
      '600 0 0 0.0',
      1,
    ],
    [
      'a link to a later path',
      [file('a'), file('a', 'y', { mode: 0o600 }), { ...link('b', 'a'), mode: 0o644 }],
      '644 0 0 0.0',
      1,
    ],
  ])('counts where it is %s', (_, layer, attributes, count) => {
    const union = unite([layer]);
    expect(treeOf(union).get('/a')?.attributes).toBe(attributes);
    expect(codesOf(union, 0).filter((code) => code === 'link-attributes')).toHaveLength(count);
  });

  test('to a symlink gives it only its owner', () => {
    const union = unite([[symlink('s', 'x'), { ...link('t', 's'), uid: 5, mode: 0o4755, mtime: 9 }]]);
    expect(treeOf(union).get('/s')?.attributes).toBe('644 5 0 0.0');
  });

  test('before its target or in another layer does not change it', () => {
    const odd = { ...link('b', 'a'), mode: 0o4755 };
    for (const layers of [
      [[odd, file('a')]],
      [[file('a')], [odd]],
      [[file('a')], [odd, { ...link('c', 'b'), uid: 5 }]],
    ])
      expect(treeOf(unite(layers)).get('/a')?.attributes).toBe('644 0 0 0.0');
  });

  test('adds its xattrs, and without a capability it removes that of its target', () => {
    const xattrs = (record: Record<string, string>) =>
      new Map(Object.entries(record).map(([name, value]) => [name, Buffer.from(value)]));
    const merged = (target: Record<string, string>, own: Record<string, string>) => {
      const layer = [file('a', 'x', { xattrs: xattrs(target) }), { ...link('b', 'a'), xattrs: xattrs(own) }];
      const { layers } = unite([layer]);
      return Object.fromEntries(
        [...(layers[0]?.xattrs.get(0) ?? [])].map(([name, value]) => [name, Buffer.from(value).toString()]),
      );
    };
    const capability = 'security.capability';
    expect(merged({ 'user.a': '1', 'user.b': '2' }, { 'user.b': '3' })).toEqual({
      'user.a': '1',
      'user.b': '3',
    });
    expect(merged({ [capability]: 'c', 'user.a': '1' }, {})).toEqual({ 'user.a': '1' });
    expect(merged({ [capability]: 'c' }, { [capability]: 'c' })).toEqual({ [capability]: 'c' });
    expect(merged({}, { [capability]: 'c' })).toEqual({ [capability]: 'c' });
  });

  test('to a link, a symlink or a device is another name of it', () => {
    const union = unite([
      [
        file('a'),
        link('b', 'a'),
        link('c', 'b'),
        symlink('s', 'nowhere'),
        link('s2', 's'),
        { type: 'fifo', path: 'p' },
        link('p2', 'p'),
      ],
    ]);
    expect(pathsOf(union, { from: true })).toEqual([
      '/a 0:0',
      '/b 0:0',
      '/c 0:0',
      '/p 0:5',
      '/p2 0:5',
      '/s 0:3',
      '/s2 0:3',
    ]);
    expect(codesOf(union, 0)).toEqual([]);
  });

  test('may name its target from the root, as kaniko does, or by `./`', () => {
    const union = unite([[file('d/a'), link('b', '/d/a'), link('c', './d/a'), link('e', 'x/../d//a')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/b 0:0', '/c 0:0', '/d/', '/d/a 0:0', '/e 0:0']);
  });

  test('keeps its content when the target is later deleted', () => {
    const union = unite([[file('a', '12345'), link('b', 'a')], [marker('.wh.a')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/b 0:0']);
    expect(wasteLinesOf(union)).toEqual([]);
    expect([...(union.names[0] ?? [])]).toEqual([1, 0]);
  });

  test('keeps its content when the target is later overwritten, also in its own layer', () => {
    const union = unite([[file('a', '12345'), link('b', 'a')], [file('a', '1')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/a 1:0', '/b 0:0']);
    expect(wasteLinesOf(union)).toEqual([]);
    const within = unite([[file('a', '12345'), link('b', 'a'), file('a', '1')]]);
    expect(pathsOf(within, { from: true })).toEqual(['/a 0:2', '/b 0:0']);
  });

  test('is overwritten alone', () => {
    const union = unite([[file('a', '12345'), link('b', 'a')], [file('b', '1')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/a 0:0', '/b 1:0']);
  });

  test('causes waste once, when its last name is removed, with that cause and layer', () => {
    const base = [file('a', '12345'), link('b', 'a'), link('d/c', 'a')];
    const union = unite([base, [marker('.wh.a')], [file('b', '1')], [symlink('d', 'x')]]);
    expect(wasteLinesOf(union)).toEqual(['/a 5 replaced, by 3']);
    expect(wasteLinesOf(unite([base, [marker('.wh.d'), marker('.wh.a'), marker('.wh.b')]]))).toEqual([
      '/a 5 deleted, by 1',
    ]);
  });

  test('a copy of one name is compared even if another name still has the old content', () => {
    const union = unite([[file('a', '123'), link('b', 'a')], [file('a', '123')]]);
    expect(union.candidates).toEqual([
      { oldLayer: 0, oldEntry: 0, newLayer: 1, newEntry: 0, layer: 1, waste: -1 },
    ]);
  });

  test('to a path of a lower layer resolves to the lower content, with a finding', () => {
    const union = unite([[file('a', '12345')], [link('b', 'a')], [marker('.wh.a')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/b 0:0']);
    expect(codesOf(union, 1)).toEqual(['link-to-lower-layer']);
    expect(wasteLinesOf(union)).toEqual([]);
  });

  test('to such a link has no such finding', () => {
    const union = unite([[file('a', '12345')], [link('b', 'a'), link('c', 'b')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/a 0:0', '/b 0:0', '/c 0:0']);
    expect(codesOf(union, 1)).toEqual(['link-to-lower-layer']);
  });

  test('to a path that its own layer whites out dangles', () => {
    const union = unite([[file('a', '12345')], [marker('.wh.a'), link('b', 'a')]]);
    expect(pathsOf(union)).toEqual([]);
    expect(codesOf(union, 1)).toEqual(['dangling-link']);
  });

  test('does not follow symlinks to its target', () => {
    const union = unite([[file('d/a'), symlink('s', 'd'), link('b', 's/a'), link('c', 's')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/c 0:1', '/d/', '/d/a 0:0', '/s 0:1']);
    expect(codesOf(union, 0)).toEqual(['dangling-link']);
  });

  test('before its target is resolved after all entries, with a finding', () => {
    const union = unite([[link('x/b', 'a'), file('c'), file('a', '12')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/a 0:2', '/c 0:1', '/x/', '/x/b 0:2']);
    expect(codesOf(union, 0)).toEqual(['link-before-target']);
  });

  test('to nothing, to itself, in a cycle or out of the root is ignored, with a finding and without parents', () => {
    const union = unite([
      [link('x/b', 'none'), link('me', 'me'), link('p', 'q'), link('q', 'p'), link('up', '../f'), file('f')],
    ]);
    expect(pathsOf(union)).toEqual(['/f']);
    expect(codesOf(union, 0)).toEqual(Array.from({ length: 5 }, () => 'dangling-link'));
  });

  test('to a directory, also the root, is ignored, with a finding', () => {
    const union = unite([[directory('d'), link('b', 'd'), link('c', '/'), link('e', '')]]);
    expect(pathsOf(union)).toEqual(['/d/']);
    expect(codesOf(union, 0)).toEqual(Array.from({ length: 3 }, () => 'link-to-directory'));
  });

  test('before its target may be the target of other links, in any order', () => {
    const orders = [
      [link('c', 'b'), link('b', 'a'), file('a')],
      [link('d', 'c'), link('c', 'b'), link('b', 'a'), file('a')],
      [link('c', 'b'), link('d', 'c'), link('b', 'a'), file('a')],
      [link('b', 'a'), link('d', 'c'), link('c', 'b'), file('a')],
    ];
    for (const layer of orders) {
      const union = unite([layer]);
      const from = `0:${layer.length - 1}`;
      expect(pathsOf(union, { from: true })).toEqual(
        ['a', ...'bcd'.slice(0, layer.length - 1)].map((name) => `/${name} ${from}`),
      );
      expect(new Set(codesOf(union, 0))).toEqual(new Set(['link-before-target']));
    }
    const loop = unite([[link('a', 'b'), link('b', 'c'), link('c', 'a'), link('d', 'a')]]);
    expect([pathsOf(loop), codesOf(loop, 0)]).toEqual([[], Array.from({ length: 4 }, () => 'dangling-link')]);
  });

  test('in a long chain before its target takes time that grows with the number of links', () => {
    const count = 4000;
    const chain = Array.from({ length: count }, (_, i) => link(`l${i}`, i === count - 1 ? 'a' : `l${i + 1}`));
    expect(pathsOf(unite([[...chain, file('a')]]))).toHaveLength(count + 1);
  });

  test('over a file replaces it', () => {
    const union = unite([
      [file('a', '12345'), file('b', '678')],
      [file('n', '1'), link('b', 'n'), link('a', 'n')],
    ]);
    expect(pathsOf(union, { from: true })).toEqual(['/a 1:0', '/b 1:0', '/n 1:0']);
    expect(wasteLinesOf(union)).toEqual(['/b 3 overwritten, by 1', '/a 5 overwritten, by 1']);
  });

  test('to its own path changes nothing', () => {
    const union = unite([[file('a', '12345'), link('./a', 'a')]]);
    expect(pathsOf(union, { from: true })).toEqual(['/a 0:0']);
    expect([...(union.names[0] ?? [])]).toEqual([1, 0]);
    expect(wasteLinesOf(union)).toEqual([]);
  });

  test('that replaces an ancestor of its target keeps the content under its own name', () => {
    const over = unite([[file('d/a', '12345'), file('d/b', '1')], [link('d', 'd/a')]]);
    expect(pathsOf(over, { from: true })).toEqual(['/d 0:0']);
    expect(wasteLinesOf(over)).toEqual(['/d/b 1 replaced, by 1']);
    const below = unite([[file('f', '12345')], [link('f/x', 'f')]]);
    expect(pathsOf(below, { from: true })).toEqual(['/f/', '/f/x 0:0']);
    expect(wasteLinesOf(below)).toEqual([]);
  });
});
