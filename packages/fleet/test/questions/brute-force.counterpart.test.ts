import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type FleetSource,
  QUESTION_NAMES,
  type QuestionName,
  type ResultValue,
  scanFleet,
} from '@layers/fleet';
import { needs } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer, prepareQuestions } from '../../src/questions/ask.ts';
import { type OpenFleet, withFleet } from '../../src/questions/open-fleet.ts';
import { archiveOf, randomFleet } from '../random-fleet.ts';

const scratch = useScratch();
const program = fileURLToPath(new URL('brute_force.py', import.meta.url));
const FLEETS = 100;

/** What is asked with words. */
const NAMES = [['app:1'], ['app'], ['web:1'], ['archive-0.tar'], ['app:1', 'archive-0.tar']];
const PACKAGES = [['openssl', '3.0.11'], ['sluice'], ['absent']];

type Rows = readonly (readonly ResultValue[])[];
type Answers = Readonly<Record<string, Rows>>;

/** Questions whose rows have no documented order. */
const UNORDERED: readonly string[] = ['bases', 'stale'];

function bruteForce(fleets: readonly (readonly FleetSource[])[]): readonly Answers[] {
  const { status, stdout, stderr } = spawnSync('python3', [program], {
    input: JSON.stringify({
      fleets: fleets.map((sources) => ({ sources, words: NAMES, packages: PACKAGES })),
    }),
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

async function rowsOf(fleet: OpenFleet, key: string): Promise<Rows | 'not found'> {
  const [name = '', ...words] = key.split(' ');
  try {
    return (await answer(fleet, questionOf(name), { words })).rows;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_LAYERS_IMAGE_NOT_FOUND' });
    return 'not found';
  }
}

function questionOf(name: string): QuestionName {
  const question = QUESTION_NAMES.find((each) => each === name);
  if (question === undefined) throw new Error(`there is no question ${name}`);
  return question;
}

/** The rows that the program can compute. */
function comparable(key: string, rows: Rows): Rows {
  if (key === 'problems') return rows.map((row) => row.slice(0, 2));
  if (key !== 'whatif') return UNORDERED.includes(key) ? sorted(rows) : rows;
  return rows.flatMap(([change = null, content = null, ...bytes]) => {
    // The fleet has no chunks, and Python no zstd: changes.slow.test.ts compares that number.
    if (change === 'each chunk of a file once') return [];
    return [[change, content, ...(change === 'zstd for all layers' ? [null, null] : bytes.slice(0, 2))]];
  });
}

const sorted = (rows: Rows): Rows =>
  [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

test('every answer is that of a program that knows only the archives and the documentation', {
  ...needs('python3'),
  timeout: 600_000,
}, async () => {
  const seed = fc.readConfigureGlobal().seed ?? Date.now() % 2 ** 31;
  const fleets = fc.sample(randomFleet, { seed, numRuns: FLEETS }).map((archives, fleet) => {
    const sources: FleetSource[] = archives.map((archive, i) => ({
      name: `archive-${i}.tar`,
      path: scratch.file(archiveOf(archive), `${fleet}-${i}.tar`),
    }));
    if (fleet % 10 === 0)
      sources.push({ name: 'text', path: scratch.file(Buffer.from('no archive'), `${fleet}-text`) });
    return sources;
  });
  const expected = bruteForce(fleets);
  let answered = 0;
  for (const [i, sources] of fleets.entries()) {
    const folder = join(scratch.folder, `fleet-${i}`);
    await scanFleet(folder, sources, { jobs: 1 });
    await withFleet(folder, async (fleet) => {
      await prepareQuestions(fleet);
      const answers = expected[i] ?? {};
      for (const [key, rows] of Object.entries(answers)) {
        const why = `seed ${seed}, fleet ${i}: ${key}`;
        const found = await rowsOf(fleet, key);
        if (found === 'not found') {
          const words = key.split(' ').slice(1);
          const images = words.map((word) => answers[`exclusive ${word}`]?.[0]?.[0]);
          expect(images, why).toContain(0);
          continue;
        }
        expect(comparable(key, found), why).toEqual(UNORDERED.includes(key) ? sorted(rows) : rows);
        answered += Math.min(1, rows.length);
      }
    });
  }
  // Most questions have rows in most fleets.
  expect(answered).toBeGreaterThan(10 * FLEETS);
});
