import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askFleet, FLEET_TABLES, FLEET_VIEWS, type FleetSource, scanFleet } from '@layers/fleet';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { blocksFor } from '@layers/testing/documentation/runners';
import { needsThat } from '@layers/testing/needs';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, expect, test } from 'vitest';
import { FleetFolder } from '../../src/folder/fleet-folder.ts';
import { LIMIT, QUESTIONS } from '../../src/questions/questions.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-fleet-spark-'));
const python = '/usr/local/lib/pyspark/bin/python';
const needsSpark = needsThat(existsSync(python), 'pyspark not found (see .ci/install-counterparts)');
const program = fileURLToPath(new URL('spark-answers.py', import.meta.url));
const demos = ['demo.tar', 'demo-oci.tar', 'two-images.tar'].map((name) =>
  fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url)),
);

/** The questions whose SQL differs from that of Spark only in a few words. */
const NAMES = [
  'summary',
  'top',
  'shared',
  'exclusive',
  'duplicates',
  'bases',
  'stale',
  'whatif',
  'packages',
  'problems',
] as const;

/** The program of docs/fleet-at-scale.md. */
const [shown] =
  blocksFor('packages/fleet/test/questions/spark.counterpart.test.ts').get('docs/fleet-at-scale.md') ?? [];

/** Answers about chunks are estimates. */
const SAMPLE = { oneIn: 2 };

/** What docs/fleet-at-scale.md says to replace. */
const inSpark = (sql: string): string =>
  sql
    .replaceAll('//', 'div')
    .replaceAll('HUGEINT', 'DECIMAL(38, 0)')
    .replaceAll('epoch(', 'unix_timestamp(')
    .replaceAll(/CREATE VIEW(?: IF NOT EXISTS)?/g, 'CREATE TEMPORARY VIEW')
    .replaceAll(LIMIT, 'ALL');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('Spark gives the answers of DuckDB to the same questions', needsSpark, async () => {
  const made = Array.from({ length: 20 }, (_, n) => {
    const base = n % 3;
    const layers = [`base ${base}`, `image ${n}`].map((data, at) =>
      buildTar([
        { path: `layer-${at}`, data: Buffer.from(data) },
        { path: 'same', data: Buffer.from('the same in all') },
        ...(at > 0 ? [] : [{ path: 'etc/os-release', data: Buffer.from('ID=debian\nVERSION_ID="12"\n') }]),
      ]),
    );
    const config = {
      history: [`2025-0${base + 1}-10T08:00:00Z`, '2025-06-01T00:00:00Z'].map((created) => ({ created })),
    };
    const path = join(folder, `${n}.tar`);
    writeFileSync(
      path,
      buildDockerArchive({ images: [{ tags: [`app:${n}`], layers, config }] }, { form: 'oci' }),
    );
    return path;
  });
  const broken = join(folder, 'broken.tar');
  writeFileSync(broken, 'no archive');
  const sources: FleetSource[] = [...made, ...demos, broken].map((path) => ({ name: path, path }));
  const fleet = join(folder, 'fleet');
  await scanFleet(fleet, sources, { jobs: 1, chunks: SAMPLE });

  const files = FleetFolder.open(fleet);
  const job = {
    tables: Object.fromEntries(FLEET_TABLES.map(({ name }) => [name, files.filesOf(name)])),
    views: FLEET_VIEWS.map(inSpark),
    queries: Object.fromEntries(
      NAMES.map((name) => [name, inSpark(QUESTIONS[name].sql([], { ...SAMPLE, trees: 0, missing: 0 }))]),
    ),
    program: shown?.code ?? '',
  };
  const { status, stdout, stderr } = spawnSync(python, [program], {
    // The program of the page has relative names, which Spark takes from where its process began.
    cwd: folder,
    input: JSON.stringify(job),
    maxBuffer: 1 << 26,
    encoding: 'utf8',
  });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  const { rows: answers, printed } = JSON.parse(stdout);
  for (const name of NAMES) {
    const { rows } = await askFleet(fleet, name);
    expect(rows, name).not.toHaveLength(0);
    expect(answers[name], name).toEqual(rows);
  }
  // The content that is in a layer of each of the images made here.
  expect(printed).toMatch(/^\|content +\|size_bytes\|layers\|path +\|$/m);
  expect(printed).toMatch(/\|15 +\|23 +\|\/same +\|$/m);
});
