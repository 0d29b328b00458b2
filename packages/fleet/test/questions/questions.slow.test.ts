import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { askFleet, prepareFleet, type QuestionName, scanFleet } from '@layers/fleet';
import { examples } from '@layers/testing/command';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunksOf, contentsOf, type NaiveImage, naiveFleet, sizeOfContent, sum } from '../naive-fleet.ts';
import { archiveOf, randomFleet } from '../random-fleet.ts';

const scratch = useScratch();
let made = 0;
const newFleet = (): string => join(scratch.folder, `fleet-${made++}`);

async function rowsOf(
  fleet: string,
  question: QuestionName,
  words: readonly string[] = [],
): Promise<string[]> {
  const { rows } = await askFleet(fleet, question, { words });
  return rows.map((row) => JSON.stringify(row)).sort();
}

const lines = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** The parts of an image that no other image has. */
function onlyIn<Part>(
  image: NaiveImage,
  images: readonly NaiveImage[],
  partsOf: (image: NaiveImage) => Iterable<Part>,
): Part[] {
  const others = new Set(images.flatMap((other) => (other === image ? [] : [...partsOf(other)])));
  return [...new Set(partsOf(image))].filter((part) => !others.has(part));
}

const blobsOf = ({ blobs }: NaiveImage) => blobs.keys();
const treesOf = ({ trees }: NaiveImage) => trees.keys();
const filesOf = ({ trees }: NaiveImage) => [...trees.values()].flatMap(contentsOf);
const chunksIn = ({ trees }: NaiveImage) => [...trees.values()].flatMap(chunksOf);

test('every answer is that of counting by comparing everything with everything', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomFleet,
      fc.constantFrom('app:1', 'app', 'web:1', 'db:3'),
      async (archives, word) => {
        const fleet = newFleet();
        const names = archives.map((_, i) => `archive-${i}.tar`);
        const sources = archives.map((archive, i) => ({
          name: names[i] ?? '',
          path: scratch.file(archiveOf(archive)),
        }));
        await scanFleet(fleet, sources, { jobs: 1, chunks: {} });
        const images = naiveFleet(archives, names);
        const bytesIn = (image: NaiveImage, keys: readonly string[]) =>
          sum(keys.map((key) => image.blobs.get(key) ?? 0));
        const contentIn = (image: NaiveImage, keys: readonly string[]) =>
          sum(keys.flatMap((key) => contentsOf(image.trees.get(key) ?? []).map(sizeOfContent)));
        const top = (await askFleet(fleet, 'top')).rows.map((row) => row.slice(0, 6));
        expect(lines(top)).toEqual(
          lines(
            images.map((image) => [
              image.name,
              sum(image.blobs.values()),
              image.rootfsBytes,
              image.wastedBytes,
              bytesIn(image, onlyIn(image, images, blobsOf)),
              image.layers,
            ]),
          ),
        );
        expect(await rowsOf(fleet, 'exclusive')).toEqual(
          lines(
            images.map((image) => {
              const only = onlyIn(image, images, blobsOf);
              return [
                image.name,
                image.tags.length,
                bytesIn(image, only),
                only.length,
                sum(image.blobs.values()),
              ];
            }),
          ),
        );
        expect(await rowsOf(fleet, 'shared')).toEqual(
          lines(
            images.map((image) => {
              const chunkBytes = sum(onlyIn(image, images, chunksIn).map(sizeOfContent));
              return [
                image.name,
                contentIn(image, [...image.trees.keys()]),
                contentIn(image, onlyIn(image, images, treesOf)),
                sum(onlyIn(image, images, filesOf).map(sizeOfContent)),
                ...[chunkBytes, chunkBytes, chunkBytes],
              ];
            }),
          ),
        );
        const trees = new Map(images.flatMap(({ trees: each }) => [...each]));
        const copies = new Map<string, number>();
        for (const content of [...trees.values()].flatMap(contentsOf))
          copies.set(content, (copies.get(content) ?? 0) + 1);
        const duplicates = (await askFleet(fleet, 'duplicates')).rows.map((row) => row.slice(0, 5));
        expect(lines(duplicates)).toEqual(
          lines(
            [...copies]
              .filter(([, count]) => count > 1)
              .map(([content, count]) => {
                const holders = [...trees.values()].filter((layer) => contentsOf(layer).includes(content));
                const size = sizeOfContent(content);
                return [(count - 1) * size, size, count, holders.length, content.split(' ')[0]];
              }),
          ),
        );
        const blobs = new Map(images.flatMap(({ blobs: each }) => [...each]));
        const contentOfBlob = (key: string) =>
          sum(contentsOf(trees.get(key.split(' ')[1] ?? '') ?? []).map(sizeOfContent));
        const exact = (bytes: number) => [bytes, bytes, bytes, 'exact'];
        const [all, layers, files, chunks] = (await askFleet(fleet, 'summary')).rows;
        const distinct = [...new Set(images.flatMap(chunksIn))];
        const chunkBytes = sum(distinct.map(sizeOfContent));
        expect(chunks).toEqual(['chunks', distinct.length, null, ...exact(chunkBytes)]);
        const once = (await askFleet(fleet, 'whatif')).rows.at(-1);
        expect([once?.[0], once?.[1], once?.[5], once?.[6]]).toEqual([
          'each chunk of a file once',
          chunkBytes,
          chunkBytes,
          chunkBytes,
        ]);
        expect(all?.slice(0, 3)).toEqual([
          'images',
          images.length,
          sum(images.flatMap((image) => [...image.blobs.values()])),
        ]);
        expect(layers).toEqual([
          'layers',
          blobs.size,
          sum(blobs.values()),
          ...exact(sum([...blobs.keys()].map(contentOfBlob))),
        ]);
        const fileBytes = sum([...copies.keys()].map(sizeOfContent));
        expect(files).toEqual(['files', copies.size, null, ...exact(fileBytes)]);

        const isNamed = (tag: string) => tag === word || tag.slice(0, tag.lastIndexOf(':')) === word;
        const named = images.filter(({ tags }) => tags.some(isNamed));
        if (named.length === 0) {
          await expect(rowsOf(fleet, 'exclusive', [word])).rejects.toMatchObject({
            code: 'ERR_LAYERS_IMAGE_NOT_FOUND',
          });
          return;
        }
        const gone = named.filter(({ tags, isUntagged }) => tags.every(isNamed) && !isUntagged);
        const kept = new Set(
          images.filter((image) => !gone.includes(image)).flatMap((image) => [...image.blobs.keys()]),
        );
        const freed = new Map(gone.flatMap((image) => [...image.blobs]).filter(([key]) => !kept.has(key)));
        expect(await rowsOf(fleet, 'exclusive', [word])).toEqual(
          lines([[named.length, gone.length, freed.size, sum(freed.values())]]),
        );
      },
    ),
    { numRuns: runs(15, 1000) },
  );
}, 600_000);

test('packages, and what cannot be read, are listed; a limit keeps the first rows', async () => {
  const fleet = newFleet();
  const sources = ['demo.tar', 'two-images.tar'].map((name) => ({ name, path: join(examples, name) }));
  await scanFleet(fleet, [...sources, { name: 'absent', path: join(scratch.folder, 'absent') }], { jobs: 1 });
  const { rows } = await askFleet(fleet, 'packages', { top: 1 });
  expect(rows).toEqual([['npm', 'bramble', 1, 1]]);
  const bramble = await askFleet(fleet, 'packages', { words: ['bramble', '1.4'] });
  expect(bramble.rows.map(([image, type, , version]) => [image, type, version])).toEqual([
    ['bramble:1.4', 'npm', '1.4.0'],
  ]);
  expect((await askFleet(fleet, 'packages', { words: ['bramble', '1.5'] })).rows).toEqual([]);
  expect((await askFleet(fleet, 'packages', { words: ["o'brien"] })).rows).toEqual([]);
  expect((await askFleet(fleet, 'problems', { top: 0 })).rows.map(([source]) => source)).toEqual(['absent']);
  const first = await askFleet(fleet, 'duplicates', { top: 1 });
  const all = await askFleet(fleet, 'duplicates');
  expect(first.rows).toEqual(all.rows.slice(0, 1));
  expect(String(first.rows[0]?.[5])).toMatch(/^\//);
});

test('what several questions need is kept where a fleet is large', async () => {
  const fleet = newFleet();
  const kept = () => (existsSync(join(fleet, '.contents')) ? readdirSync(join(fleet, '.contents')) : []);
  await scanFleet(fleet, [{ name: 'demo.tar', path: join(examples, 'demo.tar') }], { jobs: 1 });
  await prepareFleet(fleet);
  expect(kept()).toEqual([]);
  await prepareFleet(fleet, { largeBytes: 1 });
  const [file = ''] = kept();
  const before = statSync(join(fleet, '.contents', file)).mtimeMs;
  expect((await askFleet(fleet, 'summary')).rows[2]?.[1]).toBeGreaterThan(0);
  expect([kept(), statSync(join(fleet, '.contents', file)).mtimeMs]).toEqual([[file], before]);
});

test('a damaged file of what is kept is made again', async () => {
  const fleet = newFleet();
  await scanFleet(fleet, [{ name: 'demo.tar', path: join(examples, 'demo.tar') }], { jobs: 1 });
  await prepareFleet(fleet, { largeBytes: 1 });
  const before = (await askFleet(fleet, 'summary')).rows;
  const [name = ''] = readdirSync(join(fleet, '.contents'));
  const file = join(fleet, '.contents', name);
  for (const size of [0, statSync(file).size >> 1]) {
    truncateSync(file, size);
    expect((await askFleet(fleet, 'summary')).rows, `${size}`).toEqual(before);
    // The last bytes of a whole Parquet file.
    expect(readFileSync(file).subarray(-4).toString(), `${size}`).toBe('PAR1');
  }
});

test('an answer is about the images of the last scan alone', async () => {
  const fleet = newFleet();
  const source = (name: string) => ({ name, path: join(examples, name) });
  await scanFleet(fleet, [source('demo.tar'), source('two-images.tar')], { jobs: 1 });
  const before = (await askFleet(fleet, 'summary')).rows;
  await scanFleet(fleet, [source('two-images.tar')], { jobs: 1 });
  const other = newFleet();
  await scanFleet(other, [source('two-images.tar')], { jobs: 1 });
  for (const question of ['summary', 'top', 'shared', 'exclusive', 'packages'] as const)
    expect(await rowsOf(fleet, question), question).toEqual(await rowsOf(other, question));
  await scanFleet(fleet, [source('demo.tar'), source('two-images.tar')], { jobs: 1 });
  expect((await askFleet(fleet, 'summary')).rows).toEqual(before);
});
