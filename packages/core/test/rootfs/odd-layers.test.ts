import { LayersError } from '@layers/errors';
import { type TarEntry, walkTar } from '@layers/tar';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { ChangesetIndexer } from '../../src/rootfs/changeset-indexer.ts';
import { uniteLayers } from '../../src/rootfs/union.ts';
import { codesOf, directory, file, link, marker, pathsOf, symlink, wasteLinesOf } from './layer-helpers.ts';
import { changesetBySeeking, unite } from './union-helpers.ts';

/** Malicious layers: they must neither break the union nor take more time or memory than their size justifies. */
describe('names at the limit', () => {
  const deep = (bytes: number): string => 'd/'.repeat(bytes / 2).slice(0, bytes);

  test('a path may have 4,095 bytes; a longer one is ignored, with a finding', () => {
    const longest = `${deep(4092)}abc`;
    const union = unite([[file(longest, '12'), file(`${longest}d`, '34')]]);
    expect(pathsOf(union).at(-1)).toBe(`/${longest}`);
    expect(codesOf(union, 0)).toEqual(['name-too-long']);
    expect(union.layers[0]?.findings[0]?.place?.path?.length).toBeLessThan(300);
  });

  test('a file name may have 255 bytes; loaders refuse a longer one, in UTF-8 too', () => {
    const names = ['a'.repeat(255), 'b'.repeat(256), 'é'.repeat(128)];
    const union = unite([names.map((name) => file(name, '1')), [marker(`.wh.${names[1]}`)]]);
    expect(pathsOf(union)).toEqual([`/${names[0]}`, `/${names[2]}`]);
    expect([codesOf(union, 0), codesOf(union, 1)]).toEqual([
      ['name-too-long', 'name-too-long'],
      ['name-too-long'],
    ]);
  });

  test('a tree of 2,047 levels is hidden, replaced and merged without recursion', () => {
    const base = [file(deep(4095), '12345')];
    const hidden = unite([base, [marker('.wh.d')]]);
    expect(pathsOf(hidden)).toEqual([]);
    expect(wasteLinesOf(hidden)).toHaveLength(1);
    const replaced = unite([base, [symlink('d/d', 'x')], [file(deep(4095), '12')]]);
    expect(wasteLinesOf(replaced)[0]).toMatch(/5 replaced, by 1$/);
    expect(codesOf(replaced, 2)).toEqual(['parent-not-directory']);
  });

  test('a hard link with a target that is too long dangles', () => {
    const union = unite([[link('b', 'a/'.repeat(40_000)), symlink('s', 'x'.repeat(70_000))]]);
    expect(codesOf(union, 0)).toEqual(['dangling-link']);
    expect(pathsOf(union)).toEqual(['/s']);
  });

  test('a name with a NUL is ignored, with a finding', () => {
    const indexer = new ChangesetIndexer();
    const [entry] = entriesOf(file('a'));
    if (entry === undefined) throw new Error('the tar has no entry');
    indexer.add({ ...entry, path: Buffer.from('a\0b') });
    expect(indexer.finish().findings.map(({ code }) => code)).toEqual(['name-has-nul']);
  });
});

describe('findings', () => {
  test('are limited to 50 for each code and layer, and the others are counted', () => {
    const count = 130;
    const markers = Array.from({ length: count }, (_, i) => marker(`.wh.none${i}`));
    const climbers = Array.from({ length: 60 }, (_, i) => file(`../${i}`));
    const union = unite([[...markers, ...climbers], [marker('.wh.none')]]);
    const codes = codesOf(union, 0);
    expect(codes.filter((code) => code === 'whiteout-of-nothing')).toHaveLength(50);
    expect(codes.filter((code) => code === 'name-climbs-out')).toHaveLength(50);
    const more = [...(union.layers[0]?.findings ?? []), ...(union.changes[0]?.findings ?? [])];
    expect(more.filter(({ code }) => code === 'more-findings').map(({ message }) => message)).toEqual([
      '10 more findings of the code name-climbs-out',
      '80 more findings of the code whiteout-of-nothing',
    ]);
    expect(codesOf(union, 1)).toEqual(['whiteout-of-nothing']);
  });

  test('of one code are complete up to 50', () => {
    const union = unite([Array.from({ length: 50 }, (_, i) => marker(`.wh.none${i}`))]);
    expect(codesOf(union, 0)).toHaveLength(50);
  });

  test('have the path and the position in the tar', () => {
    const union = unite([[], [file('a', '1'), marker('d/.wh.none'), link('l', 'none')]]);
    expect(union.changes[1]?.findings.map(({ code, place }) => [code, place?.path, place?.offset])).toEqual([
      ['whiteout-of-nothing', '/d/none', 1024],
      ['dangling-link', '/l', 1536],
    ]);
  });

  test('include an entry below a whiteout, which is ignored', () => {
    const union = unite([[file('.wh.a/b'), file('d/.wh..wh..opq/x'), file('.wh./c'), file('ok')]]);
    expect(pathsOf(union)).toEqual(['/ok']);
    expect(codesOf(union, 0)).toEqual(['reserved-name', 'reserved-name', 'reserved-name']);
  });
});

describe('limits', () => {
  const limited = (limits: { entries: number; metadataBytes: number }, count: number): void => {
    const indexer = new ChangesetIndexer(limits);
    for (let i = 0; i < count; i++) for (const entry of entriesOf(file(`name-${i}`))) indexer.add(entry);
  };

  test('a layer with too many entries or bytes of names causes ERR_LAYERS_LIMIT', () => {
    expect(() => limited({ entries: 5, metadataBytes: 1000 }, 6)).toThrow(LayersError);
    expect(() => limited({ entries: 1000, metadataBytes: 20 }, 6)).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_LIMIT' }),
    );
    expect(() => limited({ entries: 5, metadataBytes: 20 }, 3)).not.toThrow();
  });
});

test('the union of no layers, or of empty ones, is an empty root', () => {
  expect(pathsOf(uniteLayers([]))).toEqual([]);
  expect(pathsOf(unite([[], []]))).toEqual([]);
});

test('the union of one layer twice has its tree, and its contents once as waste', () => {
  const layer = [directory('d'), file('d/a', '12345'), link('b', 'd/a')];
  const union = unite([layer, layer]);
  expect(pathsOf(union, { from: true })).toEqual(['/b 1:1', '/d/ 1:0', '/d/a 1:1']);
  expect(wasteLinesOf(union)).toEqual(['/d/a 5 overwritten, by 1']);
});

test('names of layers at different positions do not mix', () => {
  const empty = changesetBySeeking(buildTar([]));
  const layers = Array.from({ length: 70_000 }, () => empty);
  layers.push(changesetBySeeking(buildTar([file('late/a')])), changesetBySeeking(buildTar([file('late/b')])));
  expect(pathsOf(uniteLayers(layers))).toEqual(['/late/', '/late/a', '/late/b']);
});

function entriesOf(spec: Parameters<typeof buildTar>[0][number]): TarEntry[] {
  const tar = buildTar([spec]);
  const source = {
    size: tar.length,
    read: (target: Uint8Array, position: number): number => {
      const part = tar.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
  };
  return [...walkTar(source)].map((entry) => ({ ...entry, path: Buffer.from(entry.path) }));
}
