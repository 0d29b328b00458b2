import { join } from 'node:path';
import { askFleet, queryFleet, scanFleet } from '@layers/fleet';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naiveBases, naiveStale, naiveTimeline, naiveWhatIf, repositoryOf } from '../naive-answers.ts';
import { naiveFleet } from '../naive-fleet.ts';
import { archiveOf, randomFleet } from '../random-fleet.ts';

const scratch = useScratch();
let made = 0;
const newFleet = (): string => join(scratch.folder, `fleet-${made++}`);
const lines = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

test('bases, what changes would save, and growth are those of comparing everything with everything', async () => {
  await fc.assert(
    fc.asyncProperty(randomFleet, async (archives) => {
      const fleet = newFleet();
      const names = archives.map((_, i) => `archive-${i}.tar`);
      const sources = archives.map((archive, i) => ({
        name: names[i] ?? '',
        path: scratch.file(archiveOf(archive)),
      }));
      await scanFleet(fleet, sources, { jobs: 1 });
      const images = naiveFleet(archives, names);
      expect(lines((await askFleet(fleet, 'bases')).rows)).toEqual(lines(naiveBases(images)));
      expect(lines((await askFleet(fleet, 'stale')).rows)).toEqual(lines(naiveStale(images)));

      const firsts = new Map(
        (
          await queryFleet(
            fleet,
            `SELECT content, size_bytes, arg_min(diff_id, tree) FROM files
             JOIN (SELECT tree, any_value(diff_id) AS diff_id FROM layers GROUP BY tree) USING (tree)
             WHERE content IS NOT NULL GROUP BY ALL`,
          )
        ).rows.map(([content, size, diffId]) => [
          `${String(content)} ${String(size)}`,
          String(diffId).replace('sha256:', ''),
        ]),
      );
      const { rows } = await askFleet(fleet, 'whatif');
      const expected = await naiveWhatIf(images, (content) => firsts.get(content) ?? '');
      expect(rows.map(([, content, stored]) => [content, stored])).toEqual([...expected, [null, null]]);
      const now = Number(expected[0]?.[1]);
      expect(rows.map(([, , , saved]) => saved)).toEqual([
        ...expected.map(([, stored]) => now - Number(stored)),
        null,
      ]);

      const repositories = [...new Set(images.flatMap(({ tags }) => tags.map(repositoryOf)))];
      const all = new Map((await askFleet(fleet, 'timeline')).rows.map((row) => [row[0], row]));
      expect([...all.keys()].sort()).toEqual(repositories.sort());
      for (const repository of repositories) {
        const steps = naiveTimeline(images, repository);
        const found = (await askFleet(fleet, 'timeline', { words: [repository] })).rows;
        // Tags of images with the same time can be in any order.
        expect(found.map(([tag, created]) => [tag, created])).toEqual(
          steps.map(([tag, created]) => [tag, created]),
        );
        const tags = new Set(steps.map(([tag]) => tag));
        if (tags.size === steps.length) expect(found).toEqual(steps);
        expect(all.get(repository)?.slice(0, 2)).toEqual([repository, tags.size]);
        expect(all.get(repository)?.at(-1)).toBe(steps.at(-1)?.[5]);
      }
    }),
    { numRuns: runs(15, 1000) },
  );
}, 600_000);

test('a repository that does not exist is an error', async () => {
  const fleet = newFleet();
  await scanFleet(fleet, [], { jobs: 1 });
  await expect(askFleet(fleet, 'timeline', { words: ["o'brien"] })).rejects.toMatchObject({
    code: 'ERR_LAYERS_IMAGE_NOT_FOUND',
  });
  for (const question of ['bases', 'stale', 'timeline'] as const)
    expect((await askFleet(fleet, question)).rows, question).toEqual([]);
  expect((await askFleet(fleet, 'whatif')).rows.map(([, ...bytes]) => bytes.slice(0, 3))).toEqual([
    ...Array.from({ length: 6 }, () => [0, 0, 0]),
    [null, null, null],
  ]);
});
