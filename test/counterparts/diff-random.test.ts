import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { diffDocument, dockerLines } from './diff-command.ts';
import { asDocker20, asLayers, dockerLinesOf } from './diff-docker-lines.ts';
import { plainDifferences, reportedDifferences } from './diff-plain.ts';
import { disagreementsWithDiffR } from './diff-r.ts';
import { importBase, type RandomImage, randomImages } from './diff-random-images.ts';
import { falseStatements } from './diff-statements.ts';
import { type Unpacked, unpack, withRoot } from './diff-unpacked.ts';
import { type Daemon, type Docker, dockerAt, type StorageDriver, startDaemon } from './docker.ts';
import type { Source } from './layers-command.ts';

const socket = inject('dockerSocket');
const folder = mkdtempSync(join(tmpdir(), 'layers-diff-random-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isLong = process.env['LAYERS_LONG'] === '1';
const firstSeed = Number(process.env['LAYERS_SEED'] ?? 1);
const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => firstSeed + index);

const drivers: { driver: StorageDriver; count: number }[] = [
  { driver: 'overlay2', count: isLong ? 40 : 5 },
  { driver: 'vfs', count: isLong ? 15 : 2 },
];

describe.skipIf(socket === '').each(drivers)('random changes on $driver', ({ driver, count }) => {
  let docker: Docker = dockerAt(socket);
  let ownDaemon: Daemon | undefined;

  beforeAll(async () => {
    if (driver !== 'overlay2') {
      ownDaemon = await startDaemon(driver);
      docker = dockerAt(ownDaemon.socket);
    }
    await importBase(docker, 'diff:base', mkdtempSync(join(folder, 'base-')));
  });
  afterAll(() => ownDaemon?.stop());

  describe.each(seeds(count))('seed %i', (seed) => {
    const place = mkdtempSync(join(folder, 'seed-'));
    let images: RandomImage[] = [];
    let unpacked: Unpacked[] = [];
    beforeAll(async () => {
      images = await randomImages(docker, 'diff:base', seed, place);
      unpacked = await Promise.all(images.map(({ archive }) => unpack(`docker-archive:${archive}`, place)));
    });
    afterAll(() => rmSync(place, { recursive: true, force: true }));

    const steps = [0, 1, 2].map((index) => ({ index }));

    it.each(steps)('tells what docker diff tells of container $index', async ({ index }) => {
      const [a, b] = pair(index, index + 1);
      const theirs = images[index + 1]?.lines ?? [];
      const expected = dockerLinesOf(a.tree, b.tree, asDocker20);
      // Docker prints a line feed in a name as it is.
      expect(theirs.sort()).toEqual(expected.flatMap((line) => line.split('\n')).sort());
      const lines = new Set([...expected, ...dockerLinesOf(a.tree, b.tree, asLayers)]);
      const escaped = [...lines].map((line) => line.replaceAll('\n', '\\n'));
      expect((await dockerLines(a.source, b.source)).sort()).toEqual(escaped.sort());
    });

    it('tells the same of the layers of one image', async () => {
      const [, whole] = pair(0, images.length - 1);
      for (const { index } of steps) {
        const [a, b] = pair(index, index + 1);
        const flags = ['--layer-a', `${index}`, '--layer-b', `${index + 1}`];
        expect(await dockerLines(whole.source, null, flags)).toEqual(await dockerLines(a.source, b.source));
      }
    });

    it.each([
      [0, 1],
      [1, 3],
      [3, 0],
    ])('tells how image %i differs from image %i', async (first, second) => {
      const [a, b] = pair(first, second);
      const [treeA, treeB] = [withRoot(a), withRoot(b)];
      expect(await disagreementsWithDiffR(a, b)).toEqual([]);
      const { reported } = await diffDocument(a.source, b.source, [
        '--only',
        'files',
        '--mtime',
        '--hardlinks',
      ]);
      expect(falseStatements(reported.files ?? [], treeA, treeB)).toEqual([]);
      expect(reportedDifferences(reported.files ?? [], treeA, treeB)).toEqual(plainDifferences(treeA, treeB));
    });

    function pair(first: number, second: number): [Side, Side] {
      return [side(first), side(second)];
    }

    function side(index: number): Side {
      const [image, files] = [images[index], unpacked[index]];
      if (image === undefined || files === undefined) throw new Error(`no image ${index}`);
      return { ...files, source: { path: image.archive } };
    }
  });
});

interface Side extends Unpacked {
  source: Source;
}
