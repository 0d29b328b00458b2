import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askFleet, FLEET_TABLES, type FleetSource, mergeFleets, queryFleet, scanFleet } from '@layers/fleet';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { archiveOf, randomFleet } from '../random-fleet.ts';

const scratch = useScratch();
let made = 0;
const newFleet = (): string => join(scratch.folder, `fleet-${made++}`);

function source(bytes: Uint8Array, name = `archive-${made++}.tar`): FleetSource {
  return { name, path: scratch.file(bytes, name) };
}

const file = (path: string, data: string): EntrySpec => ({ path, data: Buffer.from(data) });
const image = (tag: string, ...layers: EntrySpec[][]) =>
  buildDockerArchive({ images: [{ tags: [tag], layers: layers.map(buildTar) }] }, { form: 'oci' });

/** All rows of all tables. */
async function tablesOf(fleet: string): Promise<Readonly<Record<string, unknown>>> {
  const tables: Record<string, unknown> = {};
  for (const { name } of FLEET_TABLES)
    tables[name] = (await queryFleet(fleet, `SELECT * FROM ${name} ORDER BY ALL`)).rows;
  return tables;
}

async function shardsOf(sources: readonly FleetSource[], count: number): Promise<readonly string[]> {
  const fleets: string[] = [];
  for (let index = 1; index <= count; index++) {
    const fleet = newFleet();
    await scanFleet(fleet, sources, { jobs: 1, shard: { index, count }, chunks: {} });
    fleets.push(fleet);
  }
  return fleets;
}

test('two and three shards, merged, have the rows of one scan', async () => {
  await fc.assert(
    fc.asyncProperty(randomFleet, fc.constantFrom(2, 3), async (archives, count) => {
      const sources = archives.map((archive) => source(archiveOf(archive)));
      sources.push(source(Buffer.from('no archive')));
      const [whole, merged] = [newFleet(), newFleet()];
      const { images, problems } = await scanFleet(whole, sources, { jobs: 1, chunks: {} });
      const shards = await shardsOf(sources, count);
      const result = await mergeFleets(merged, shards);
      expect(result).toMatchObject({ sources: sources.length, images, problems });
      expect(await tablesOf(merged)).toEqual(await tablesOf(whole));
      // In whatever order they are named.
      await mergeFleets(merged, [...shards].reverse());
      expect(await tablesOf(merged)).toEqual(await tablesOf(whole));
    }),
    { numRuns: runs(6, 300) },
  );
}, 600_000);

test('each shard has a part of the images, and another shard of the same folder opens all sources again', async () => {
  const sources = Array.from({ length: 12 }, (_, n) => source(image(`app:${n}`, [file('n', `${n}`)])));
  const shards = await shardsOf(sources, 2);
  const [first = '', second = ''] = shards;
  const imagesOf = async (fleet: string) =>
    (await queryFleet(fleet, 'SELECT DISTINCT digest FROM images JOIN tags USING (image)')).rows.map(String);
  const [one, two] = [await imagesOf(first), await imagesOf(second)];
  expect(one.length).toBeGreaterThan(0);
  expect(two.length).toBeGreaterThan(0);
  expect(new Set([...one, ...two]).size).toBe(12);
  expect(one.length + two.length).toBe(12);
  const again = await scanFleet(first, sources, { jobs: 1, shard: { index: 1, count: 2 } });
  expect(again).toMatchObject({ newImages: 0, newLayers: 0 });
  await scanFleet(first, sources, { jobs: 1, shard: { index: 2, count: 2 } });
  expect((await imagesOf(first)).sort()).toEqual(two.sort());
});

test('a missing shard and a scan that did not end are refused', async () => {
  const sources = [source(image('app:1', [file('a', 'a')]))];
  const [first = '', second = ''] = await shardsOf(sources, 2);
  const out = newFleet();
  await expect(mergeFleets(out, [first])).rejects.toMatchObject({
    code: 'ERR_LAYERS_INPUT_MISSING',
    message: 'shard 2/2 is missing',
  });
  const state = join(second, 'fleet.json');
  writeFileSync(state, readFileSync(state, 'utf8').replace('"complete":true', '"complete":false'));
  await expect(mergeFleets(out, [first, second])).rejects.toMatchObject({ code: 'ERR_LAYERS_READ' });
  expect(existsSync(out)).toBe(false);
});

/** Writes the files of a table again, as an earlier version wrote them: without a column. */
async function withoutColumn(fleet: string, table: string, column: string): Promise<void> {
  const engine = newFleet();
  await scanFleet(engine, []);
  for (const name of readdirSync(join(fleet, table))) {
    const file = join(fleet, table, name);
    const before = scratch.file(readFileSync(file), `before-${made++}.parquet`);
    const query = `COPY (SELECT * EXCLUDE ${column} FROM read_parquet('${before}')) TO '${file}' (FORMAT parquet)`;
    await queryFleet(engine, query, { externalAccess: true });
  }
}

test('a fleet of an earlier version is asked, scanned and merged, with null in columns that it lacks', async () => {
  const base = [file('bin/sh', 'shell')];
  const sources = ['one', 'two'].map((n) => source(image(`app:${n}`, base, [file('a', n)])));
  const [old, recent, both] = [newFleet(), newFleet(), newFleet()];
  await scanFleet(old, sources.slice(0, 1), { jobs: 1 });
  await withoutColumn(old, 'layers', 'sample_bytes');
  await withoutColumn(old, 'image_layers', 'created');
  await scanFleet(recent, sources.slice(1), { jobs: 1 });
  const rowsOf = async (fleet: string) =>
    (
      await queryFleet(
        fleet,
        'SELECT tag, l.created IS NULL, sample_bytes IS NULL FROM tags JOIN image_layers AS l USING (image) JOIN layers USING (layer) ORDER BY ALL',
      )
    ).rows;
  const one = ['app:one', true, true];
  expect(await rowsOf(old)).toEqual([one, one]);
  await mergeFleets(both, [old, recent]);
  expect(await rowsOf(both)).toEqual([one, one, ['app:two', false, false], ['app:two', false, true]]);
  expect((await askFleet(both, 'whatif')).rows[2]?.[4]).toBe('not measured by the scan');
  // Further scans add files with all columns.
  await scanFleet(old, sources, { jobs: 1 });
  expect(await rowsOf(old)).toEqual(await rowsOf(both));
  await withoutColumn(old, 'files', 'mode');
  const refused = { code: 'ERR_LAYERS_READ', message: expect.stringContaining('files lacks mode') };
  await expect(queryFleet(old, 'FROM files')).rejects.toMatchObject(refused);
  await expect(mergeFleets(both, [old])).rejects.toMatchObject(refused);
});

test('fleets of different hosts become one, which later scans go on with', async () => {
  const base = [file('bin/sh', 'shell')];
  const one = source(image('app:1', base, [file('a', 'one')]));
  const two = source(image('app:2', base, [file('a', 'two')]));
  const [a, b, both] = [newFleet(), newFleet(), newFleet()];
  await scanFleet(a, [one], { jobs: 1 });
  await scanFleet(b, [two], { jobs: 1 });
  expect(await mergeFleets(both, [a, b])).toEqual({ sources: 2, images: 2, layers: 3, problems: 0 });
  const three = source(image('app:3', base, [file('a', 'three')]));
  const result = await scanFleet(both, [one, two, three], { jobs: 1 });
  expect(result).toMatchObject({ images: 3, newImages: 1, newLayers: 1 });
  // A fleet can be merged into itself.
  expect(await mergeFleets(both, [both, a])).toEqual({ sources: 3, images: 3, layers: 4, problems: 0 });
});

test('the chunks of a layer are those of the fleet that has the most of them', async () => {
  const base = [file('bin/sh', 'shell'), file('lib', 'library')];
  const one = source(image('app:1', base, [file('a', 'one')]));
  const two = source(image('app:2', base, [file('a', 'two')]));
  const [none, some, all, merged, whole] = [newFleet(), newFleet(), newFleet(), newFleet(), newFleet()];
  await scanFleet(none, [one], { jobs: 1 });
  await scanFleet(some, [one], { jobs: 1, chunks: { oneIn: 1000 } });
  await scanFleet(all, [two], { jobs: 1, chunks: {} });
  await scanFleet(whole, [one, two], { jobs: 1, chunks: {} });
  const chunksOf = async (fleet: string, diffId: string) =>
    (
      await queryFleet(
        fleet,
        `SELECT diff_id, one_in, chunks FROM chunked JOIN layers USING (tree) ${diffId} ORDER BY ALL`,
      )
    ).rows;
  const [[diffId] = []] = await chunksOf(whole, 'WHERE chunks = 2');
  const ofBase = `WHERE diff_id = '${String(diffId)}'`;
  for (const fleets of [
    [none, all],
    [some, all],
    [all, some],
    [some, none, all],
  ]) {
    await mergeFleets(merged, fleets);
    expect(await chunksOf(merged, ofBase)).toEqual([[diffId, 1, 2]]);
    const sql = `SELECT entry, chunk, size_bytes FROM chunks JOIN layers USING (tree) ${ofBase} ORDER BY ALL`;
    expect((await queryFleet(merged, sql)).rows).toEqual((await queryFleet(whole, sql)).rows);
  }
  // A scan finds what is missing.
  await mergeFleets(merged, [none, all]);
  expect(await scanFleet(merged, [one, two], { jobs: 1, chunks: {} })).toMatchObject({
    newImages: 0,
    chunkedLayers: 1,
  });
  const { rows } = await queryFleet(merged, 'SELECT chunk, size_bytes FROM chunks ORDER BY ALL');
  expect(rows).toEqual((await queryFleet(whole, 'SELECT chunk, size_bytes FROM chunks ORDER BY ALL')).rows);
});
