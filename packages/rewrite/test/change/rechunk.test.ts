import { isDeepStrictEqual } from 'node:util';
import type { ReadImage, ReadLayer } from '@layers/core/image';
import { Kind, pathOf, walkNodes } from '@layers/core/rootfs';
import { codeOfAsync } from '@layers/testing/errors';
import { collect } from '@layers/testing/new-images';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { type RechunkedImage, type RechunkOptions, rechunkedImage } from '../../src/change/rechunk.ts';
import { imageOf, treeOf, unionOf } from '../support/tree.ts';
import { writtenImage } from '../support/written-image.ts';

const scratch = useScratch();

const directory = (path: string, mtime: number): EntrySpec => ({ path, type: 'directory', mtime });
const file = (path: string, data: string, mtime = 5): EntrySpec => ({ path, data: Buffer.from(data), mtime });

/** Returns the entries of a Debian system with packages, each with a version and a size. */
function system(
  packages: Readonly<Record<string, readonly [version: string, bytes: number]>>,
  built = 100,
): EntrySpec[] {
  const status = Object.entries(packages).map(
    ([name, [version]]) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: ${version}\n`,
  );
  return [
    directory('usr', built),
    directory('usr/share', built),
    directory('var/lib/dpkg/info', built),
    file('var/lib/dpkg/status', status.join('\n'), built),
    ...Object.entries(packages).flatMap(([name, [version, bytes]]) => [
      directory(`usr/share/${name}`, built),
      file(`usr/share/${name}/data`, version.repeat(bytes).slice(0, bytes)),
      file(
        `var/lib/dpkg/info/${name}.list`,
        `/.\n/usr\n/usr/share\n/usr/share/${name}\n/usr/share/${name}/data\n`,
        built,
      ),
      file(`var/lib/dpkg/info/${name}.md5sums`, version),
    ]),
  ];
}

const written = ({ image }: RechunkedImage): Promise<ReadImage> => writtenImage(image, scratch);

/** Returns the paths in a layer but for directories. */
function entryPaths({ index }: ReadLayer, isWanted: (kind: number | undefined) => boolean): string[] {
  const changeset = index?.changeset;
  return [...Array(changeset?.count ?? 0).keys()].flatMap((entry) =>
    changeset === undefined || !isWanted(changeset.kind[entry])
      ? []
      : [Buffer.from(pathOf(changeset, entry)).toString()],
  );
}

const pathsOf = (layer: ReadLayer): string[] => entryPaths(layer, (kind) => kind !== Kind.directory);
const hasRoot = (layer: ReadLayer): boolean => entryPaths(layer, () => true).includes('/');

const diffIds = (image: ReadImage) => image.layers.map(({ description }) => description.diffId);

describe('an image that is distributed to layers by packages', () => {
  const first = { glibc: ['1', 90_000], curl: ['1', 80_000], tzdata: ['1', 70_000] } as const;
  const second = { ...first, curl: ['2', 80_000] } as const;

  it('shares all layers with the next version but those of the changed package and the last', async () => {
    const old = await written(await rechunkedImage(await imageOf([system(first)], scratch)));
    const image = await imageOf([system(second, 200)], scratch);
    const result = await rechunkedImage(image, [old]);
    expect(result.report).toMatchObject({ layers: 'continued', updates: 1, beforeBytes: null });
    const next = await written(result);
    const shared = diffIds(next).filter((diffId) => diffIds(old).includes(diffId));
    expect(next.layers).toHaveLength(4);
    expect(shared).toHaveLength(2);
    expect(await treeOf(next)).toEqual(await treeOf(image));
    const names = next.description.config.history.map(({ createdBy }) => createdBy);
    expect(names).toEqual(
      expect.arrayContaining(['glibc', 'curl', 'tzdata'].map((name) => `layers rechunk: dpkg ${name}`)),
    );
  });

  it('shares as many layers where it knows no earlier version', async () => {
    const old = await written(await rechunkedImage(await imageOf([system(first)], scratch)));
    const next = await written(await rechunkedImage(await imageOf([system(second, 200)], scratch)));
    expect(diffIds(next).filter((diffId) => diffIds(old).includes(diffId))).toHaveLength(2);
  });

  it('has the times of directories in the last layer alone', async () => {
    const image = await written(await rechunkedImage(await imageOf([system(first)], scratch)));
    const { layers, nodes } = unionOf(image);
    const times = layers.map(({ kind, mtime }) => [
      ...new Set(mtime.filter((_, entry) => kind[entry] === Kind.directory)),
    ]);
    expect(times.slice(0, -1).flat()).toEqual([0, 0, 0]);
    const top = layers.length - 1;
    const directories = [...walkNodes({ layers, nodes }, 0)].filter((node) => nodes.isLiveDirectory(node));
    expect(directories.map((node) => nodes.layerOf(node))).toEqual(directories.map(() => top));
  });

  it('keeps lower layers, and hides what was deleted of them first', async () => {
    const base = system(first);
    const image = await imageOf(
      [base, [{ path: 'usr/share/curl/.wh.data' }, file('srv/app/main', 'new', 7)]],
      scratch,
    );
    const result = await written(await rechunkedImage(image, [], { from: 1 }));
    expect(diffIds(result)[0]).toBe(diffIds(image)[0]);
    expect(await treeOf(result)).toEqual(await treeOf(image));
    const whiteouts = unionOf(result).layers.map(
      ({ kind }) => kind.filter((each) => each === Kind.whiteout).length,
    );
    expect(whiteouts).toEqual([0, 1, 0, 0]);
  });

  it('keeps its steps in the history, without layers', async () => {
    const image = await imageOf([system(first)], scratch);
    const once = await written(await rechunkedImage(image));
    const twice = await written(await rechunkedImage(once));
    const steps = (of: ReadImage) => of.description.config.history.filter(({ emptyLayer }) => !emptyLayer);
    expect(steps(once)).toHaveLength(once.layers.length);
    for (const { createdBy } of steps(once)) expect(createdBy).toMatch(/^layers rechunk: /);
    expect(diffIds(twice)).toEqual(diffIds(once));
    expect(twice.description.config.history).toEqual(once.description.config.history);
  });
});

it('an image without layers stays so, also after one with layers', async () => {
  const image = await imageOf([], scratch);
  const old = await imageOf([[file('srv/main', 'old', 7)]], scratch);
  for (const previous of [[], [old]]) {
    const { image: after, report } = await rechunkedImage(image, previous);
    expect([after.layers, report.components]).toEqual([[], 0]);
  }
  await expect(rechunkedImage(image, [], { from: 1 })).rejects.toThrow('there is no layer 1');
});

describe('an image with several layers', () => {
  const base = system({ glibc: ['1', 900_000], curl: ['1', 400_000] });
  const code = (version: string, time: number): EntrySpec[] => [
    directory('srv', time),
    directory('srv/app', time),
    file('srv/app/main', version, time),
  ];
  const first = [base, code('1', 7)];
  const second = [base, code('2', 9)];

  it('transfers no other layer if only its code changes, whether it knows the earlier version or not', async () => {
    const old = await written(await rechunkedImage(await imageOf(first, scratch)));
    expect(old.layers).toHaveLength(4);
    const image = await imageOf(second, scratch);
    for (const previous of [[], [old]]) {
      const next = await written(await rechunkedImage(image, previous));
      expect(diffIds(next).slice(0, 3)).toEqual(diffIds(old).slice(0, 3));
      expect(diffIds(next).at(-1)).not.toBe(diffIds(old).at(-1));
      expect(await treeOf(next)).toEqual(await treeOf(image));
    }
  });

  it('names the part of each layer in the history, and keeps it', async () => {
    const once = await written(await rechunkedImage(await imageOf(first, scratch)));
    const stepsOf = (of: ReadImage) =>
      of.description.config.history.flatMap(({ createdBy = '', comment }) =>
        createdBy.startsWith('layers ') ? [`${createdBy} (${comment})`] : [],
      );
    expect(stepsOf(once)).toEqual([
      'layers rechunk: dpkg curl (part 1 of 2)',
      'layers rechunk: dpkg glibc (part 1 of 2)',
      'layers rechunk: databases, caches and the times of directories (part 1 of 2, with the times of directories)',
      'layers rechunk: /srv/app (part 2 of 2, with the times of directories)',
    ]);
    const twice = await written(await rechunkedImage(once));
    expect(diffIds(twice)).toEqual(diffIds(once));
    expect(stepsOf(twice)).toEqual(stepsOf(once));
  });

  it('transfers no layer of the others if a layer is inserted or removed', async () => {
    const large = (name: string): EntrySpec[] => [file(`opt/${name}/a`, name.repeat(2 ** 20))];
    const tool = [file('etc/tool', 'tool')];
    const tops = [large('p'), large('q'), code('1', 7)];
    const stacks = [
      [base, ...tops],
      [base, tool, ...tops],
      [base, tool, large('r'), ...tops],
      [tool, large('r'), ...tops],
    ];
    const known: ReadImage[] = [];
    for (const stack of stacks) {
      const image = await imageOf(stack, scratch);
      for (const previous of [known, known.slice(-1)]) {
        const result = await rechunkedImage(image, previous);
        const next = await written(result);
        const before = new Set(known.at(-1)?.layers.map(({ description }) => description.diffId));
        const fetched = next.layers.filter(({ description }) => !before.has(description.diffId));
        const names = [...new Set(fetched.flatMap((layer) => pathsOf(layer)))];
        const lower = stacks[known.length - 1] ?? [];
        const inserted = stack.filter((layer) => !lower.some((each) => isDeepStrictEqual(each, layer)));
        const paths = inserted.flatMap((layer) => layer.map(({ path }) => `/${path}`));
        expect(paths).toEqual(expect.arrayContaining(names));
        expect(await treeOf(next)).toEqual(await treeOf(image));
      }
      known.push(await written(await rechunkedImage(image, known)));
    }
    const parts = known.map(({ description }) =>
      description.config.history.at(-1)?.comment?.replace(/,.*/, ''),
    );
    expect(parts).toEqual(['part 4 of 4', 'part 5 of 5', 'part 6 of 6', 'part 5 of 5']);
  });

  it('transfers no lower layer if an upper one changes the attributes of directories', async () => {
    const top = (...entries: EntrySpec[]) => imageOf([...first, [...entries, file('etc/a', 'a')]], scratch);
    const images = [
      await top(),
      await top({ ...directory('usr', 9), mode: 0o711 }, { ...directory('srv', 9), uid: 7 }),
      await top({ ...directory('./', 9), mode: 0o711 }, { ...directory('usr', 0), mode: 0o700 }),
      await top({ ...directory('./', 0), mode: 0o700 }, { ...directory('srv/app', 0), mode: 0o700 }),
    ];
    const old = await written(await rechunkedImage(images[0] ?? (await top())));
    for (const image of images) {
      for (const previous of [[], [old]]) {
        const next = await written(await rechunkedImage(image, previous));
        expect(diffIds(next).slice(0, -1)).toEqual(diffIds(old).slice(0, -1));
        expect(await treeOf(next)).toEqual(await treeOf(image));
        expect(diffIds(await written(await rechunkedImage(next)))).toEqual(diffIds(next));
      }
    }
  });

  it('has the root in the layers of a part with an entry for it alone', async () => {
    const root = (time: number, mode: number): EntrySpec => ({ ...directory('./', time), mode });
    const deletion: EntrySpec[] = [{ path: 'usr/share/curl/.wh.data' }, file('etc/b', 'b')];
    const stacks: EntrySpec[][][] = [
      [[root(9, 0o755), ...base], code('1', 7)],
      [[root(9, 0o711), ...base], deletion],
      [base, [root(9, 0o700)], code('1', 7)],
      [base, [root(0, 0o700)], code('1', 7)],
      [[root(9, 0o755), ...base], [root(9, 0o700)], code('1', 7)],
      [[root(9, 0o755), ...base], [root(0, 0o700)], code('1', 7)],
      [base, code('1', 7)],
    ];
    const withRoot: boolean[][] = [];
    for (const stack of stacks) {
      const image = await imageOf(stack, scratch);
      for (const from of [0, 1]) {
        const next = await written(await rechunkedImage(image, [], { from }));
        expect(await treeOf(next)).toEqual(await treeOf(image));
        if (from === 0) withRoot.push(next.layers.map(hasRoot));
        else expect(next.layers.slice(1).some(hasRoot)).toBe(stack.length === 3);
      }
    }
    expect(withRoot).toEqual([
      [true, true, true, false],
      [true, false],
      [false, false, false, true, false],
      [false, false, false, true, false],
      [true, true, true, true, false],
      [true, true, true, true, false],
      [false, false, false, false],
    ]);
  });

  it('keeps the time of a directory where an upper layer has only directories below it', async () => {
    const attributes = [{ ...directory('srv/app', 9), mode: 0o700 }, file('etc/a', 'a')];
    const image = await imageOf([...first, attributes], scratch);
    expect(await treeOf(await written(await rechunkedImage(image)))).toEqual(await treeOf(image));
  });

  it('keeps its parts where layers are inserted without room for a part of each', async () => {
    const layers = Array.from({ length: 9 }, (_, i) => [file(`srv/${i}/a`, `${i}`.repeat(2000))]);
    const old = await written(
      await rechunkedImage(await imageOf(layers.slice(0, 8), scratch), [], { maxLayers: 8 }),
    );
    for (const [stack, changed] of [
      [layers, 1],
      [layers.slice(1), 2],
    ] as const) {
      const image = await imageOf(stack, scratch);
      const next = await written(await rechunkedImage(image, [old], { maxLayers: 8 }));
      const fetched = next.layers.filter(({ description }) => !diffIds(old).includes(description.diffId));
      expect(fetched).toHaveLength(changed);
      expect(await treeOf(next)).toEqual(await treeOf(image));
    }
  });

  it('transfers no layer above kept ones if only those change', async () => {
    const top = [file('opt/a', 'a'.repeat(2 ** 20)), file('srv/b', 'b'), file('var/cache/c', 'c')];
    const rechunked = async (lower: EntrySpec[], previous: readonly ReadImage[]) =>
      written(await rechunkedImage(await imageOf([lower, top], scratch), previous, { from: 1 }));
    const old = await rechunked(base, []);
    const next = await rechunked([file('srv/a', 'a'), file('var/cache/d', 'd')], [old]);
    expect(diffIds(next).slice(1)).toEqual(diffIds(old).slice(1));
  });

  it.each([1, 2, 3])('has at most %i layers if it may have no more', async (maxLayers) => {
    const image = await imageOf([...first, [file('opt/a', 'a'.repeat(2 ** 20))]], scratch);
    for (const previous of [[], [image]]) {
      const result = await rechunkedImage(image, previous, { maxLayers });
      if (result.report.layers === 'original') continue;
      expect(result.image.layers.length).toBeLessThanOrEqual(maxLayers);
      expect(await treeOf(await written(result))).toEqual(await treeOf(image));
    }
  });

  it('can have more layers than the new one may have', async () => {
    const layers = Array.from({ length: 127 }, (_, i) => [
      file(`srv/${i}`, `${i}`),
      file('srv/last', `${i}`),
    ]);
    const image = await imageOf(layers, scratch);
    const result = await written(await rechunkedImage(image));
    expect(result.layers.length).toBeLessThanOrEqual(64);
    expect(await treeOf(result)).toEqual(await treeOf(image));
  });
});

describe('names of a file in two packages', () => {
  it('are in one layer, with the extended attributes of the file', async () => {
    const xattrs = new Map([['security.capability', Buffer.from([1, 0, 0, 2])]]);
    const packages = system({ curl: ['1', 70_000], wget: ['1', 70_000] });
    const link: EntrySpec = { path: 'usr/share/wget/link', type: 'link', linkpath: 'usr/share/curl/linked' };
    const image = await imageOf(
      [[...packages, { ...file('usr/share/curl/linked', 'both'), xattrs }, link]],
      scratch,
    );
    const result = await written(await rechunkedImage(image));
    expect(await treeOf(result)).toEqual(await treeOf(image));
    const { layers } = unionOf(result);
    expect(layers.length).toBeGreaterThan(2);
    expect(layers.flatMap(({ findings }) => findings)).toEqual([]);
  });
});

describe('an image whose layers are better than new ones', () => {
  it('keeps them', async () => {
    const base = system({ glibc: ['1', 10_000], curl: ['1', 10_000] });
    const versions: ReadImage[] = [];
    for (const text of ['1', '2', '3'])
      versions.push(await imageOf([base, [directory('srv', Number(text)), file('srv/a', text)]], scratch));
    const image = await imageOf([base, [directory('srv', 4), file('srv/a', '4')]], scratch);
    const { image: planned, report } = await rechunkedImage(image, versions, { maxLayers: 1 });
    expect(report).toMatchObject({ layers: 'original', updates: 3 });
    expect(report.afterBytes).toBe(report.beforeBytes);
    expect(planned.layers.map(({ kind }) => kind)).toEqual(['existing', 'existing']);
    expect(planned.manifest).not.toBeNull();
  });
});

describe('the number of layers', () => {
  const code = (options: RechunkOptions, layers: readonly EntrySpec[][] = [[file('a', 'a')]]) =>
    codeOfAsync(async () => rechunkedImage(await imageOf(layers, scratch), [], options));

  it('is refused where it is too small or too large', async () => {
    expect(await code({ maxLayers: 0 })).toBe('ERR_LAYERS_USAGE');
    expect(await code({ maxLayers: 126 })).toBe('ERR_LAYERS_USAGE');
    expect(await code({ maxLayers: 1, from: 1 }, [[file('a', 'a')], [file('b', 'b')]])).toBe(
      'ERR_LAYERS_USAGE',
    );
    expect(await code({ from: 1 })).toBe('ERR_LAYERS_LAYER_NOT_FOUND');
  });
});

describe('compressed layers that are distributed', () => {
  it('are read again for each writing', async () => {
    const image = await imageOf([system({ curl: ['1', 70_000] })], scratch, 'gzip');
    const { image: planned } = await rechunkedImage(image, [], {
      compression: { kind: 'none', level: null },
    });
    const tars = async () => {
      const all: Buffer[] = [];
      for (const layer of planned.layers)
        if (layer.kind === 'generated') all.push(await collect(layer.tar()));
      return all;
    };
    const once = await tars();
    expect(once).toHaveLength(2);
    expect(await tars()).toEqual(once);
  });
});
