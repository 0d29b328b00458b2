import type { ReadImage } from '@layers/core/image';
import { Kind, walkNodes } from '@layers/core/rootfs';
import { readOne } from '@layers/testing/analysed';
import { codeOfAsync } from '@layers/testing/errors';
import { collect } from '@layers/testing/new-images';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { writeImages } from '../../src/archive/write-images.ts';
import { type RechunkedImage, type RechunkOptions, rechunkedImage } from '../../src/change/rechunk.ts';
import { imageOf, treeOf, unionOf } from '../support/tree.ts';

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

async function written({ image }: RechunkedImage): Promise<ReadImage> {
  const chunks: Buffer[] = [];
  const write = async (chunk: Uint8Array): Promise<void> => void chunks.push(Buffer.from(chunk));
  await writeImages([image], { kind: 'stream', write }, { format: 'hybrid', threads: 0 });
  return readOne({ path: scratch.file(Buffer.concat(chunks)) });
}

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
    const names = next.description.config.history.map(({ comment }) => comment);
    expect(names).toEqual(expect.arrayContaining(['dpkg glibc', 'dpkg curl', 'dpkg tzdata']));
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
    expect(new Set(steps(once).map(({ createdBy }) => createdBy))).toEqual(new Set(['layers rechunk']));
    expect(diffIds(twice)).toEqual(diffIds(once));
    expect(twice.description.config.history).toEqual(once.description.config.history);
  });
});

describe('an image whose layers are better than new ones', () => {
  it('keeps them', async () => {
    const base = system({ glibc: ['1', 10_000], curl: ['1', 10_000] });
    const versions: ReadImage[] = [];
    // The directory of the small file changes too, so that the last layer would have all directories.
    for (const text of ['1', '2', '3'])
      versions.push(await imageOf([base, [directory('srv', Number(text)), file('srv/a', text)]], scratch));
    const image = await imageOf([base, [directory('srv', 4), file('srv/a', '4')]], scratch);
    const { image: planned, report } = await rechunkedImage(image, versions);
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
    expect(await code({}, [])).toBe('ERR_LAYERS_LAYER_NOT_FOUND');
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
