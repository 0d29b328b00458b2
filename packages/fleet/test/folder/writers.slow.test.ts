import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askFleet, queryFleet, scanFleet, TABLE_NAMES } from '@layers/fleet';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';

const scratch = useScratch();
const at = (name: string): string => join(scratch.folder, name);

const sourceOf = (n: number) => {
  const layers = ['base', `layer ${n}`].map((data) => buildTar([{ path: 'a', data: Buffer.from(data) }]));
  const archive = buildDockerArchive({ images: [{ tags: [`app:${n}`], layers }] }, { form: 'oci' });
  return { name: `${n}.tar`, path: scratch.file(archive, `${n}.tar`) };
};
const sources = Array.from({ length: 18 }, (_, n) => sourceOf(n));

const rowsOf = async (fleet: string, sql: string) => (await queryFleet(fleet, sql)).rows;

test('one process at a time writes to a fleet', async () => {
  const fleet = at('locked');
  const results = await Promise.allSettled([1, 2].map(() => scanFleet(fleet, sources, { jobs: 1 })));
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = results.find((result) => result.status === 'rejected');
  expect(refused?.reason).toMatchObject({ code: 'ERR_LAYERS_STORE_LOCKED' });
  expect(await scanFleet(fleet, sources, { jobs: 1 })).toMatchObject({ images: 18, newImages: 0 });
  expect(readdirSync(fleet)).not.toContain('.lock');
});

test('many small files become one, and nothing else changes, also for who asks meanwhile', async () => {
  const [fleet, whole] = [at('small'), at('whole')];
  // Some are scanned without chunks at first.
  for (let count = 1; count < 16; count++) {
    const chunks = count % 3 === 0 ? {} : undefined;
    await scanFleet(fleet, sources.slice(0, count), { jobs: 1, chunks });
  }
  expect(readdirSync(join(fleet, 'files'))).toHaveLength(15);
  const before = (await askFleet(fleet, 'summary')).rows;
  const [, ...asked] = await Promise.all([
    scanFleet(fleet, sources, { jobs: 1, chunks: {} }),
    ...Array.from({ length: 8 }, () => askFleet(fleet, 'summary')),
  ]);
  expect(readdirSync(join(fleet, 'files'))).toHaveLength(1);
  await scanFleet(whole, sources, { jobs: 1, chunks: {} });
  const after = (await askFleet(whole, 'summary')).rows;
  for (const { rows } of asked)
    expect([JSON.stringify(before), JSON.stringify(after)]).toContain(JSON.stringify(rows));
  for (const table of TABLE_NAMES) {
    const sql = `SELECT * FROM ${table} ORDER BY ALL`;
    expect(await rowsOf(fleet, sql), table).toEqual(await rowsOf(whole, sql));
  }
  // A scan that was killed after it joined files leaves the small ones.
  writeFileSync(join(fleet, 'files', '000001.parquet'), 'joined');
  expect(await scanFleet(fleet, sources, { jobs: 1 })).toMatchObject({ images: 18, newImages: 0 });
  expect(await rowsOf(fleet, 'SELECT count(*) FROM files')).toEqual([[19]]);
});
