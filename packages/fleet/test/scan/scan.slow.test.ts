import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askFleet, mergeFleets, prepareFleet, queryFleet, scanFleet, TABLE_NAMES } from '@layers/fleet';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { archiveOf, pathOf, randomFleet, unpacked } from '../random-fleet.ts';

const scratch = useScratch();
let made = 0;
const newFleet = (): string => join(scratch.folder, `fleet-${made++}`);

async function rowsOf(fleet: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await queryFleet(fleet, sql)).rows;
}

function source(bytes: Uint8Array, name = `archive-${made++}.tar`): { name: string; path: string } {
  return { name, path: scratch.file(bytes, name) };
}

const file = (path: string, data: string): EntrySpec => ({ path, data: Buffer.from(data) });
const image = (tag: string, ...layers: EntrySpec[][]) =>
  buildDockerArchive({ images: [{ tags: [tag], layers: layers.map(buildTar) }] }, { form: 'oci' });

test('the root file system of each image is that of the unpacked layers', async () => {
  await fc.assert(
    fc.asyncProperty(randomFleet, async (archives) => {
      const fleet = newFleet();
      const sources = archives.map((archive) => source(archiveOf(archive)));
      const result = await scanFleet(fleet, sources, { jobs: 1 });
      expect(result.problems).toBe(0);
      const rows = await rowsOf(
        fleet,
        `SELECT t.source, t.position, r.path, r.path_bytes, r.type, r.size_bytes, r.content
         FROM (SELECT DISTINCT source, position, image FROM tags) AS t JOIN rootfs AS r USING (image)`,
      );
      const found = new Map<string, string[]>();
      for (const [name, position, path, bytes, type, size, content] of rows) {
        const key = `${String(name)} ${String(position)}`;
        const line = `${pathOf(path, bytes)} ${String(type)} ${String(size)} ${String(content ?? '-')}`;
        found.set(key, [...(found.get(key) ?? []), line]);
      }
      for (const [at, { images }] of archives.entries()) {
        for (const [position, { layers }] of images.entries()) {
          const key = `${sources[at]?.name ?? ''} ${position}`;
          expect((found.get(key) ?? []).sort(), key).toEqual(unpacked(layers));
        }
      }
    }),
    { numRuns: runs(40, 1000) },
  );
}, 600_000);

test('a second scan reads nothing again, and a tag that moved is where it was found last', async () => {
  const fleet = newFleet();
  const base = [file('a', 'base')];
  const one = source(image('app:1', base, [file('b', 'one')]));
  const two = source(image('app:2', base, [file('b', 'two')]));
  const first = await scanFleet(fleet, [one, two], { jobs: 1 });
  expect(first).toMatchObject({ sources: 2, images: 2, newImages: 2, newLayers: 3, problems: 0 });
  const again = await scanFleet(fleet, [one, two], { jobs: 1 });
  expect(again).toMatchObject({ images: 2, newImages: 0, newLayers: 0 });

  writeFileSync(two.path, image('app:1', base, [file('b', 'three')]));
  const moved = await scanFleet(fleet, [two], { jobs: 1 });
  expect(moved).toMatchObject({ sources: 1, images: 1, newImages: 1, newLayers: 1 });
  expect(await rowsOf(fleet, 'SELECT tag, source FROM tags')).toEqual([['app:1', two.name]]);
  // What is known of images that are gone stays known.
  expect(await rowsOf(fleet, 'SELECT count(*) FROM images')).toEqual([[3]]);
});

test('threads give the same rows as one thread', async () => {
  const base = [file('bin/sh', 'shell'), file('etc/passwd', 'root')];
  const sources = [1, 2, 3, 4, 5, 6].map((n) =>
    source(image(`app:${n}`, base, [file('n', `${n % 3}`)], [file('m', `${n}`)])),
  );
  const [a, b] = [newFleet(), newFleet()];
  await scanFleet(a, sources, { jobs: 1, chunks: {} });
  await scanFleet(b, sources, { jobs: 2, chunks: {} });
  for (const table of TABLE_NAMES) {
    const sql = `SELECT * FROM ${table} ORDER BY ALL`;
    expect(await rowsOf(b, sql), table).toEqual(await rowsOf(a, sql));
  }
});

test('a damaged image is a problem, and the others are scanned', async () => {
  const fleet = newFleet();
  const good = image('good:1', [file('a', 'good')]);
  const bad = image('bad:1', [file('a', 'these bytes change')]);
  bad[bad.indexOf('these bytes change')] = 0x54;
  const result = await scanFleet(
    fleet,
    [source(bad, 'bad.tar'), source(Buffer.from('no archive'), 'text'), source(good, 'good.tar')],
    { jobs: 1 },
  );
  expect(result).toMatchObject({ images: 1, problems: 2 });
  expect(await rowsOf(fleet, 'SELECT source, position, code FROM problems ORDER BY source')).toEqual([
    ['bad.tar', 0, 'ERR_LAYERS_BLOB_MISMATCH'],
    ['text', null, 'ERR_LAYERS_NOT_AN_IMAGE'],
  ]);
  const text = { ...source(Buffer.from('no archive'), 'found'), isFound: true };
  expect(await scanFleet(newFleet(), [text], { jobs: 1 })).toMatchObject({ images: 0, problems: 0 });
});

test('a layer that claims the digest of another is refused', async () => {
  const fleet = newFleet();
  const layer = buildTar([file('a', 'honest')]);
  const honest = buildDockerArchive({ images: [{ tags: ['a:1'], layers: [layer] }] }, { form: 'legacy' });
  const liar = buildTar([file('a', 'honest'), file('b', 'more')]);
  const archive = buildDockerArchive(
    {
      images: [
        {
          tags: ['b:1'],
          layers: [liar],
          config: { rootfs: { type: 'layers', diff_ids: [`sha256:${diffIdOf(honest)}`] } },
        },
      ],
    },
    { form: 'legacy' },
  );
  const result = await scanFleet(fleet, [source(honest), source(archive, 'liar.tar')], { jobs: 1 });
  expect(result).toMatchObject({ images: 1, problems: 1 });
  expect(await rowsOf(fleet, 'SELECT source, code FROM problems')).toEqual([
    ['liar.tar', 'ERR_LAYERS_BLOB_MISMATCH'],
  ]);
});

function diffIdOf(archive: Buffer): string {
  return /"diff_ids":\["sha256:([0-9a-f]{64})/.exec(archive.toString('latin1'))?.[1] ?? '';
}

test('a scan that was killed goes on where it was, with the same rows in the end', async () => {
  const images = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({
      tags: [`app:${from + n}`],
      layers: [buildTar([file('n', String(from + n))])],
    }));
  // Most are in one archive.
  const sources = [images(0, 1), images(1, 129)].map((each) =>
    source(buildDockerArchive({ images: each }, { form: 'oci' })),
  );
  const [fleet, whole] = [newFleet(), newFleet()];
  const module = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
  const program = `import { scanFleet } from ${JSON.stringify(module)};
    await scanFleet(${JSON.stringify(fleet)}, ${JSON.stringify(sources)}, { jobs: 1, chunks: {} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  const state = join(fleet, 'fleet.json');
  await expect.poll(() => existsSync(state), { timeout: 60_000, interval: 5 }).toBe(true);
  child.kill('SIGKILL');
  await exit;
  // As if it was killed while it wrote.
  writeFileSync(join(fleet, 'files', '.000099.parquet.partial'), 'half');
  writeFileSync(join(fleet, 'images', '000099.parquet'), 'half');
  const resumed = await scanFleet(fleet, sources, { jobs: 1, chunks: {} });
  expect(resumed.images).toBe(130);
  expect(resumed.newImages).toBeLessThan(130);
  expect(readdirSync(join(fleet, 'files'))).not.toContain('.000099.parquet.partial');
  await scanFleet(whole, sources, { jobs: 1, chunks: {} });
  for (const table of TABLE_NAMES) {
    const sql = `SELECT * FROM ${table} ORDER BY ALL`;
    expect(await rowsOf(fleet, sql), table).toEqual(await rowsOf(whole, sql));
  }
});

test('a folder of other files is not written to', async () => {
  const folder = join(scratch.folder, 'other');
  scratch.file(Buffer.from('x'), 'other/notes.txt');
  await expect(scanFleet(folder, [])).rejects.toMatchObject({ code: 'ERR_LAYERS_OUTPUT_EXISTS' });
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('x');
  rmSync(folder, { recursive: true });
  await expect(queryFleet(folder, 'SELECT 1')).rejects.toMatchObject({ code: 'ERR_LAYERS_READ' });
});

test('an invalid query is a wrong usage, and too many rows are refused', async () => {
  const fleet = newFleet();
  await scanFleet(fleet, [], { jobs: 1 });
  await expect(queryFleet(fleet, 'SELEC 1')).rejects.toMatchObject({ code: 'ERR_LAYERS_USAGE' });
  await expect(queryFleet(fleet, 'SELECT * FROM range(11)', { maxRows: 10 })).rejects.toMatchObject({
    code: 'ERR_LAYERS_LIMIT',
  });
  const { columns, rows } = await queryFleet(
    fleet,
    "SELECT 9007199254740993::BIGINT AS big, [1, 2] AS list, 'x'::BLOB AS blob, NULL AS none, 1.5 AS part, 2 AS part",
  );
  expect(columns.map(({ name }) => name)).toEqual(['big', 'list', 'blob', 'none', 'part', 'part:1']);
  expect(rows).toEqual([['9007199254740993', [1, 2], 'eA==', null, 1.5, 2]]);
});

test('tables that are missing, or that someone else wrote, are errors of the fleet', async () => {
  const fleet = newFleet();
  const one = source(image('app:1', [file('a', 'a')]));
  await scanFleet(fleet, [one], { jobs: 1 });
  const table = (name: string): string => join(fleet, name, '000001.parquet');
  const write = (name: string, sql: string) =>
    queryFleet(fleet, `COPY (${sql}) TO '${table(name)}' (FORMAT parquet)`, { externalAccess: true });
  const refused = { code: 'ERR_LAYERS_READ', hint: 'scan the images into another folder' };
  const damages: readonly (readonly [name: string, damage: () => unknown])[] = [
    ['files', () => write('files', "SELECT 'x' AS tree, * EXCLUDE tree FROM files")],
    ['images', () => write('images', 'SELECT * EXCLUDE digest FROM images')],
    ['layers', () => writeFileSync(table('layers'), 'not a table')],
    ['tags', () => rmSync(table('tags'))],
    ['hidden', () => symlinkSync('/etc/passwd', table('hidden'))],
    ['links', () => mkdirSync(table('links'))],
  ];
  for (const [name, damage] of damages) {
    const before = readFileSync(table(name));
    if (name === 'hidden' || name === 'links') rmSync(table(name));
    await damage();
    await expect(askFleet(fleet, 'summary'), name).rejects.toMatchObject(refused);
    await expect(queryFleet(fleet, 'FROM files'), name).rejects.toMatchObject(refused);
    rmSync(table(name), { recursive: true, force: true });
    writeFileSync(table(name), before);
  }
  const whole = readFileSync(table('files'));
  const merged = newFleet();
  writeFileSync(table('files'), 'not a table');
  await expect(mergeFleets(merged, [fleet])).rejects.toMatchObject(refused);
  rmSync(table('files'));
  await expect(scanFleet(fleet, [one], { jobs: 1 })).rejects.toMatchObject({ code: 'ERR_LAYERS_READ' });
  await expect(prepareFleet(fleet)).rejects.toMatchObject({ code: 'ERR_LAYERS_READ' });
  writeFileSync(table('files'), whole);
  await write('image_layers', 'SELECT * REPLACE (7 AS layer) FROM image_layers');
  await expect(mergeFleets(merged, [fleet])).rejects.toMatchObject(refused);
  writeFileSync(table('layers'), 'not a table');
  await expect(mergeFleets(merged, [fleet])).rejects.toMatchObject(refused);
  await expect(scanFleet(fleet, [one], { jobs: 1 })).rejects.toMatchObject(refused);
});

test('a query reads the tables alone, unless it has external access', async () => {
  const fleet = newFleet();
  await scanFleet(fleet, [source(image('app:1', [file('a', 'a')]))], { jobs: 1 });
  const secret = scratch.file(Buffer.from('a secret\n'), 'secret');
  const out = join(scratch.folder, 'out');
  const [table = ''] = readdirSync(join(fleet, 'files')).map((name) => join(fleet, 'files', name));
  const before = readFileSync(table);
  for (const sql of [
    `FROM read_text('${secret}')`,
    `FROM read_csv('${secret}')`,
    `FROM glob('${scratch.folder}/*')`,
    `COPY (SELECT 1) TO '${out}'`,
    `COPY files TO '${table}' (FORMAT parquet, USE_TMP_FILE false)`,
    `EXPLAIN ANALYZE COPY files TO '${table}' (FORMAT parquet, USE_TMP_FILE false)`,
    `CREATE TEMP TABLE t AS SELECT 1; COPY files TO '${table}' (FORMAT parquet, USE_TMP_FILE false); SELECT 2`,
    `PREPARE p AS COPY files TO '${table}' (USE_TMP_FILE false); EXECUTE p`,
    `EXPORT DATABASE '${out}'`,
    `ATTACH '${out}'`,
    'INSTALL httpfs',
    `LOAD '${out}'`,
    'SET enable_external_access = true',
    'RESET lock_configuration',
  ])
    await expect(queryFleet(fleet, sql), sql).rejects.toMatchObject({ code: 'ERR_LAYERS_USAGE' });
  expect(existsSync(out)).toBe(false);
  expect(readFileSync(table).equals(before)).toBe(true);
  const several = 'CREATE TEMP TABLE t AS SELECT path FROM rootfs; DELETE FROM t WHERE false; FROM t';
  expect((await queryFleet(fleet, several)).rows).toEqual([['/a']]);
  const allowed = await queryFleet(fleet, `SELECT content FROM read_text('${secret}')`, {
    externalAccess: true,
  });
  expect(allowed.rows).toEqual([['a secret\n']]);
});
