import { join } from 'node:path';
import { askFleet, type FleetSource, queryFleet, scanFleet } from '@layers/fleet';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';
import { noise } from '../random-fleet.ts';
import { naiveChunks, naiveEnds } from './naive-chunks.ts';

const scratch = useScratch();
let made = 0;
const newFleet = (): string => join(scratch.folder, `fleet-${made++}`);

function source(bytes: Uint8Array): FleetSource {
  const name = `archive-${made++}.tar`;
  return { name, path: scratch.file(bytes, name) };
}

const file = (path: string, data: string | Buffer): EntrySpec => ({ path, data: Buffer.from(data) });
const image = (tag: string, ...layers: readonly (readonly EntrySpec[])[]) =>
  source(
    buildDockerArchive(
      { images: [{ tags: [tag], layers: layers.map((layer) => buildTar(layer)) }] },
      { form: 'oci' },
    ),
  );

async function rowsOf(fleet: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await queryFleet(fleet, sql)).rows;
}

const ROWS = 'SELECT tree, entry, chunk, size_bytes FROM chunks ORDER BY ALL';
const SAMPLES = 'SELECT tree, min(one_in), max(chunks) FROM chunked GROUP BY tree ORDER BY tree';
const long = noise(150_000, 'long');
const base = [
  file('long', long),
  file('short', 'short'),
  file('empty', ''),
  { path: 'sparse', data: noise(8192, 'sparse'), sparse: { realSize: 300_000, extents: [[100_000, 8192]] } },
] as const satisfies readonly EntrySpec[];
const changed = Buffer.concat([Buffer.from('changed'), long]);

test('each chunk of each file has a row, and holes are zeros', async () => {
  const fleet = newFleet();
  await scanFleet(fleet, [image('app:1', base)], { jobs: 1, chunks: {} });
  const whole = Buffer.alloc(300_000);
  noise(8192, 'sparse').copy(whole, 100_000);
  const expected = [long, Buffer.from('short'), Buffer.alloc(0), whole].flatMap((bytes, entry) =>
    naiveChunks(bytes).map((chunk) => `${entry} ${chunk}`),
  );
  const rows = await rowsOf(fleet, 'SELECT entry, chunk, size_bytes FROM chunks');
  expect(rows.map((row) => row.join(' ')).sort()).toEqual(expected.sort());
  expect(await rowsOf(fleet, SAMPLES)).toEqual([[1, 1, expected.length]]);
  const short = await rowsOf(
    fleet,
    "SELECT chunk = ('0x' || left(content, 13))::BIGINT FROM files JOIN chunks USING (tree, entry) WHERE path = '/short'",
  );
  expect(short).toEqual([[true]]);
});

test('layers that were read without chunks are read again for them, once', async () => {
  const [fleet, whole] = [newFleet(), newFleet()];
  const sources = [image('app:1', base, [file('a', 'one')]), image('app:2', base, [file('b', changed)])];
  await scanFleet(fleet, sources.slice(0, 1), { jobs: 1 });
  const chunks = {};
  const first = await scanFleet(fleet, sources, { jobs: 1, chunks });
  expect(first).toMatchObject({ unchangedSources: 0, newImages: 1, newLayers: 1, chunkedLayers: 3 });
  const again = await scanFleet(fleet, sources, { jobs: 1, chunks });
  expect(again).toMatchObject({ unchangedSources: 2, newImages: 0, chunkedLayers: 0 });
  await scanFleet(whole, sources, { jobs: 1, chunks });
  expect(await rowsOf(fleet, ROWS)).toEqual(await rowsOf(whole, ROWS));
  // Only the layer that is new.
  sources.push(image('app:3', base, [file('c', 'three')]));
  expect(await scanFleet(fleet, sources, { jobs: 1, chunks })).toMatchObject({
    newLayers: 1,
    chunkedLayers: 1,
  });
});

test('a larger sample adds to a smaller one what is missing', async () => {
  const [fleet, all, some] = [newFleet(), newFleet(), newFleet()];
  const sources = [
    image('app:1', base, [file('b', changed), ...base.map((each) => ({ ...each, path: `x/${each.path}` }))]),
  ];
  const rowsIn: number[] = [];
  for (const oneIn of [8, 3, 5, 1]) {
    await scanFleet(fleet, sources, { jobs: 1, chunks: { oneIn } });
    rowsIn.push(Number((await rowsOf(fleet, 'SELECT count(*) FROM chunks'))[0]));
  }
  expect(rowsIn[1]).toBe(rowsIn[2]);
  await scanFleet(all, sources, { jobs: 1, chunks: {} });
  expect(await rowsOf(fleet, ROWS)).toEqual(await rowsOf(all, ROWS));
  expect(await rowsOf(fleet, SAMPLES)).toEqual(await rowsOf(all, SAMPLES));
  for (const question of ['summary', 'shared', 'whatif'] as const)
    expect((await askFleet(fleet, question)).rows, question).toEqual((await askFleet(all, question)).rows);
  await scanFleet(some, sources, { jobs: 1, chunks: { oneIn: 3 } });
  const limit = Math.floor(2 ** 52 / 3);
  expect(await rowsOf(some, ROWS)).toEqual(
    (await rowsOf(all, ROWS)).filter(([, , chunk]) => Number(chunk) < limit),
  );
  expect(await rowsOf(some, ROWS)).toHaveLength(rowsIn[1] ?? 0);
});

test('answers about layers of different samples are those of the smaller sample', async () => {
  const [mixed, small] = [newFleet(), newFleet()];
  const sources = [image('app:1', base), image('app:2', [file('b', changed)])];
  await scanFleet(mixed, sources.slice(0, 1), { jobs: 1, chunks: { oneIn: 1 } });
  await scanFleet(mixed, sources, { jobs: 1, chunks: { oneIn: 3 } });
  await scanFleet(small, sources, { jobs: 1, chunks: { oneIn: 3 } });
  const [smaller] = await rowsOf(small, 'SELECT count(*) FROM chunks');
  expect(Number((await rowsOf(mixed, 'SELECT count(*) FROM chunks'))[0])).toBeGreaterThan(Number(smaller));
  for (const question of ['summary', 'shared', 'whatif'] as const)
    expect((await askFleet(mixed, question)).rows, question).toEqual((await askFleet(small, question)).rows);
});

test('while a layer has no chunks, answers are those without them, and what is missing is said', async () => {
  const fleet = newFleet();
  const sources = [image('app:1', base), image('app:2', base, [file('b', changed)])];
  const last = async () => (await askFleet(fleet, 'whatif')).rows.at(-1);
  await scanFleet(fleet, sources, { jobs: 1 });
  expect(await last()).toEqual([
    'each chunk of a file once',
    null,
    null,
    null,
    'not measured by a scan without chunks',
  ]);
  const before = (await askFleet(fleet, 'shared')).columns;
  await scanFleet(fleet, sources.slice(0, 1), { jobs: 1, chunks: {} });
  await scanFleet(fleet, sources, { jobs: 1 });
  expect(await last()).toEqual([
    'each chunk of a file once',
    null,
    null,
    null,
    'not measured for 1 of 2 layers',
  ]);
  expect((await askFleet(fleet, 'shared')).columns).toEqual(before);
  expect((await askFleet(fleet, 'summary')).rows).toHaveLength(3);
  await scanFleet(fleet, sources, { jobs: 1, chunks: {} });
  const [none, , , , , files, chunks] = (await askFleet(fleet, 'whatif')).rows;
  // The long file differs from the other one in its first chunk.
  const [first = 0] = naiveEnds(long);
  expect(Number(files?.[1])).toBe(Number(none?.[1]));
  expect(Number(files?.[1]) - Number(chunks?.[1])).toBeGreaterThan(long.length - first - 1);
  expect(chunks?.[4]).toBe('estimate: compressed as the layers are');
});

test('the interval has the exact bytes of nearly all images, and is not much wider than it must be', async () => {
  // A chunk that begins every file, so that files say nothing of what their chunks share.
  const start = startOfFiles();
  const images = Array.from({ length: 100 }, (_, n) => {
    const files = Array.from({ length: 1 + ((n * n) % 80) }, (__, i) =>
      file(`${i}`, Buffer.concat([start, noise(1 + ((n * 89 + i * 631) % 4096), `${n} ${i}`)])),
    );
    return { tags: [`app:${n}`], layers: [buildTar(files)] };
  });
  const sources = [source(buildDockerArchive({ images }, { form: 'oci' }))];
  const [exact, sampled] = [newFleet(), newFleet()];
  await scanFleet(exact, sources, { jobs: 1, chunks: { oneIn: 1 } });
  await scanFleet(sampled, sources, { jobs: 1, chunks: { oneIn: 4 } });
  const bytesOf = async (fleet: string) =>
    new Map(
      (await askFleet(fleet, 'shared')).rows.map(([name, , , , ...bytes]) => [name, bytes.map(Number)]),
    );
  const truth = await bytesOf(exact);
  const intervals = [...(await bytesOf(sampled))].map(([name, [bytes = 0, low = 0, high = 0]]) => ({
    bytes,
    low,
    high,
    exact: truth.get(name)?.[0] ?? 0,
  }));
  const within = (part: number): number =>
    intervals.filter(
      ({ bytes, low, high, exact: is }) =>
        is >= bytes - (bytes - low) * part && is <= bytes + (high - bytes) * part,
    ).length;
  expect(within(1)).toBeGreaterThanOrEqual(93);
  expect(within(0.4)).toBeLessThan(85);
  expect(intervals.every(({ bytes, low, high }) => low <= bytes && bytes <= high)).toBe(true);

  const [, , , chunks] = (await askFleet(exact, 'summary')).rows;
  const [, , , estimate] = (await askFleet(sampled, 'summary')).rows;
  expect(estimate?.[6]).toBe('estimate: one chunk of 4');
  expect(Number(estimate?.[4])).toBeLessThan(Number(chunks?.[3]));
  expect(Number(estimate?.[5])).toBeGreaterThan(Number(chunks?.[3]));
  expect(Number(estimate?.[5]) - Number(estimate?.[4])).toBeLessThan(0.25 * Number(chunks?.[3]));
});

/** The first chunk of some bytes, where it is small. */
function startOfFiles(): Buffer {
  for (let seed = 0; ; seed++) {
    const bytes = noise(5000, `start ${seed}`);
    const [end = 0, ...rest] = naiveEnds(bytes);
    if (rest.length > 0) return bytes.subarray(0, end);
  }
}
