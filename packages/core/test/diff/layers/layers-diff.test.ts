import type { ArchiveOptions } from '@layers/testing/archive-builder';
import { diffOf, file, type Layers, readBoth } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { compareImages, type DiffOptions } from '../../../src/diff/diff.ts';

const scratch = useScratch();
const OPTIONS: DiffOptions = { only: ['layers'] };
const one = [file('one', '1')];
const two = [file('two', '2')];
const three = [file('three', '3')];

async function layersOf(a: Layers, b: Layers, shapes: { a?: ArchiveOptions; b?: ArchiveOptions } = {}) {
  const { layers, identical } = await diffOf(scratch, a, b, OPTIONS, shapes);
  return {
    identical,
    prefix: layers?.prefix,
    shared: layers?.shared.map(({ layerA, layerB }) => `${layerA}=${layerB}`),
    onlyInA: layers?.onlyInA.map(({ layer }) => layer),
    onlyInB: layers?.onlyInB.map(({ layer }) => layer),
    sameTree: layers?.sameTree.map(({ a: of, b: to, differs }) =>
      [`${of.layer}~${to.layer}`, ...differs].join(' '),
    ),
  };
}

describe('layers', () => {
  test('are shared from the base up; the others are in one image only', async () => {
    expect(await layersOf([one, two], [one, three, two])).toEqual({
      identical: false,
      prefix: 1,
      shared: ['0=0', '1=2'],
      onlyInA: [],
      onlyInB: [1],
      sameTree: [],
    });
  });

  test('are listed with their contents', async () => {
    const { layers } = await diffOf(scratch, [one], [one, two], OPTIONS, {
      b: { form: 'oci', compression: 'gzip' },
    });
    expect(layers?.shared).toMatchObject([{ compressionA: null, compressionB: 'gzip', storedBytesA: 2048 }]);
    expect(layers?.shared[0]?.storedBytesB).toBeLessThan(2048);
    expect(layers?.onlyInB).toMatchObject([
      { layer: 1, compression: 'gzip', tarBytes: 2048, contentBytes: 1, entries: 1, instruction: 'layer 1' },
    ]);
  });

  test('are paired by position where one blob has several', async () => {
    expect(await layersOf([one, one, two], [one, two, one])).toMatchObject({
      prefix: 1,
      shared: ['0=0', '2=1'],
      onlyInA: [1],
      onlyInB: [2],
    });
  });

  test('with different compressions are the same', async () => {
    const shapes = { a: { form: 'oci', compression: 'gzip' }, b: { form: 'hybrid' } } as const;
    expect(await layersOf([one, two], [one, two], shapes)).toMatchObject({ identical: true, prefix: 2 });
  });
});

describe('layers with different bytes', () => {
  const tree: EntrySpec[] = [
    { type: 'directory', path: 'd/' },
    file('d/a', 'text', { mtime: 5 }),
    { type: 'link', path: 'd/b', linkpath: 'd/a' },
    { path: 'd/.wh.gone' },
    { type: 'symlink', path: 's', linkpath: 'd' },
  ];

  test.each<[string, EntrySpec[], string]>([
    ['other times', tree.map((spec) => ({ ...spec, mtime: 9 })), '0~0 mtime'],
    ['another order', [...tree.slice(3), ...tree.slice(0, 3)], '0~0 order'],
    ['another tar form', tree.map((spec) => ({ ...spec, path: `./${String(spec.path)}` })), '0~0'],
  ])('have the same tree with %s', async (_, other, expected) => {
    for (const compression of [null, 'gzip'] as const) {
      const shapes = { a: { form: 'oci' as const, compression }, b: { form: 'oci' as const } };
      expect(await layersOf([tree], [other], shapes)).toMatchObject({
        identical: false,
        prefix: 0,
        onlyInA: [],
        onlyInB: [],
        sameTree: [expected],
      });
    }
  });

  test('count as the same where layer-bytes are ignored, and are counted', async () => {
    const later = tree.map((spec) => ({ ...spec, mtime: 9 }));
    const { identical, ignored } = await diffOf(scratch, [tree, one], [later, one], {
      only: ['layers'],
      ignore: ['layer-bytes'],
    });
    expect({ identical, ignored }).toEqual({ identical: true, ignored: [{ what: 'layer-bytes', count: 1 }] });
  });

  test.each<[string, EntrySpec[]]>([
    ['a byte', tree.map((spec) => (spec.path === 'd/a' ? file('d/a', 'tex_', { mtime: 5 }) : spec))],
    ['a mode', tree.map((spec) => (spec.path === 'd/a' ? { ...spec, mode: 0o600 } : spec))],
    ['a name', tree.map((spec) => (spec.path === 's' ? { ...spec, path: 't' } : spec))],
    ['a whiteout', tree.map((spec) => (spec.path === 'd/.wh.gone' ? { path: 'd/.wh.else' } : spec))],
    ['an opaque marker', tree.map((spec) => (spec.path === 'd/.wh.gone' ? file('d/gone', '') : spec))],
    ['a hard link for a copy', tree.map((spec) => (spec.path === 'd/b' ? file('d/b', '') : spec))],
  ])('are different layers where %s differs', async (_, other) => {
    expect(await layersOf([tree], [other])).toMatchObject({ sameTree: [], onlyInA: [0], onlyInB: [0] });
  });

  test('are different layers where they have hard links to lower layers', async () => {
    const link = (mtime: number): EntrySpec[] => [{ type: 'link', path: 'l', linkpath: 'one', mtime }];
    expect(await layersOf([one, link(1)], [one, link(2)])).toMatchObject({ sameTree: [], onlyInB: [1] });
  });

  test('are found between shared layers, also beside added layers', async () => {
    const later = tree.map((spec) => ({ ...spec, mtime: 9 }));
    expect(await layersOf([one, tree, two], [one, three, later, two])).toMatchObject({
      shared: ['0=0', '2=3'],
      sameTree: ['1~2 mtime'],
      onlyInB: [1],
    });
  });
});

test('layers of images without DiffIDs are the same where their bytes are equal', async () => {
  const id = (digit: string): string => digit.repeat(64);
  const archiveOf = (tops: readonly EntrySpec[]): string => {
    const layerOf = (name: string, parent: string | null, specs: readonly EntrySpec[]): EntrySpec[] => [
      {
        path: `${name}/json`,
        data: Buffer.from(JSON.stringify({ id: name, ...(parent === null ? {} : { parent }) })),
      },
      { path: `${name}/layer.tar`, data: buildTar(specs) },
    ];
    const repositories = {
      path: 'repositories',
      data: Buffer.from(JSON.stringify({ app: { latest: id('2') } })),
    };
    return scratch.file(
      buildTar([...layerOf(id('1'), null, one), ...layerOf(id('2'), id('1'), tops), repositories]),
    );
  };
  const [a, b, other] = [archiveOf(two), archiveOf(two), archiveOf(three)];
  const compared = async (pathB: string) =>
    compareImages(...(await readBoth({ path: a }, { path: pathB })), { only: ['files', 'layers'] });
  for (const same of [a, b]) {
    const { identical, layers } = await compared(same);
    expect([identical, layers?.prefix, layers?.sameTree]).toEqual([true, 2, []]);
  }
  expect(await compared(other)).toMatchObject({
    identical: false,
    layers: { prefix: 1, onlyInA: [{ layer: 1 }], onlyInB: [{ layer: 1 }] },
  });
});
