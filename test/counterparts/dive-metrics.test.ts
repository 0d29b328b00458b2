import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openImage } from '@layers/core';
import { readingOf } from '@layers/core/api';
import { type DiveMetrics, diveMetricsOf, printMetrics } from '@layers/insight/dive';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { imagesFolder } from '@layers/testing/real-archives';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepare, soundArchives } from './archives.ts';
import { askDive, type DiveAnswer, hasDive } from './dive-command.ts';
import { dockerAt } from './docker.ts';
import { command } from './layers-command.ts';
import { attempt, run } from './processes.ts';

/** The metrics of dive as computed here, beside those that dive itself prints. */
const folder = mkdtempSync(join(tmpdir(), 'layers-dive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is computed here: the figures, and the verdict by the limits that dive has. */
interface Checked {
  readonly dive: Omit<DiveMetrics, 'userWastedPercent'>;
  readonly verdict: string;
}

interface Reported {
  readonly dive: Checked['dive'];
  readonly results: readonly { readonly rule: string; readonly level: string }[];
}

/** Runs `layers check --metrics dive`; returns the verdict of its budgets. */
async function checkedByCommand(path: string, image?: string): Promise<Checked> {
  const choice = image === undefined ? [] : ['--image', image];
  const args = [command, 'check', '--json', '--metrics', 'dive', ...choice, path];
  const { status, stdout, stderr } = await attempt(process.execPath, args);
  if (status !== 0 && status !== 1) throw new Error(stderr);
  const { dive, results }: Reported = JSON.parse(stdout.toString());
  // dive does not notice damage.
  const fails = results.some(({ rule, level }) => rule !== 'damage' && level === 'fail');
  return { dive, verdict: fails ? 'fail' : 'pass' };
}

/** Computes the same in this process, which is faster. */
async function checkedHere(path: string): Promise<Checked> {
  const dive = diveMetricsOf(await readingOf(await openImage(path)).read());
  const passes = !(dive.efficiency < 0.9) && !(dive.userWastedPercent > 0.1);
  return { dive, verdict: passes ? 'pass' : 'fail' };
}

function expectSame(
  path: string,
  { dive, verdict }: Checked,
  { layers, passes, ...answer }: DiveAnswer,
): void {
  const { efficiency, sizeBytes } = dive;
  expect(layers).toBeGreaterThan(0);
  expect({ path, metrics: printMetrics(dive), efficiency, sizeBytes, verdict }).toEqual({
    path,
    ...answer,
    verdict: passes ? 'pass' : 'fail',
  });
}

/** Archives that hold no image, or none that can be told from others, although dive takes their tars for layers. */
const NO_IMAGE = new Map([
  ['archive-inside-folder.tar', 'the image is in a folder of the archive'],
  ['cosign-sbom.tar', 'an SBOM, no image'],
  ['helm-chart.tar', 'a chart, no image'],
]);

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const folders = [examples, ...['', 'field', 'hostile'].map((name) => join(imagesFolder ?? examples, name))];
const stored = [...new Set(folders)].flatMap((each) => {
  const names = imagesFolder === undefined && each !== examples ? [] : readdirSync(each);
  return names.filter((name) => /\.tar(\.gz)?$/.test(name)).map((name) => join(each, name));
});

describe.skipIf(!hasDive)('the metrics of dive', () => {
  it('are the same for all stored archives that dive reads', async () => {
    const left: string[] = [];
    let compared = 0;
    for (const path of stored) {
      const dive = askDive(path, folder);
      const listed = await attempt('tar', ['--list', '--file', path]);
      const names = listed.stdout.toString().split('\n');
      if (typeof dive === 'string') left.push(`${basename(path)}: dive cannot read it: ${dive}`);
      else if (NO_IMAGE.has(basename(path))) left.push(`${basename(path)}: ${NO_IMAGE.get(basename(path))}`);
      else if (!names.includes('manifest.json') && dive.layers !== 1)
        left.push(`${basename(path)}: without manifest.json, dive stacks all layers in random order`);
      else {
        const isFirst = names.includes('manifest.json') && (await imagesOf(path)) > 1;
        expectSame(path, await checkedByCommand(path, isFirst ? '#1' : undefined), dive);
        compared++;
      }
    }
    console.info(
      `same metrics for ${compared} of ${stored.length} archives; not compared:\n${left.join('\n')}`,
    );
    expect(compared).toBeGreaterThanOrEqual(imagesFolder === undefined ? 2 : 40);
  });

  it.skipIf(inject('missing').length > 0).each(soundArchives())(
    'are the same for $name as a docker-archive',
    async (archive) => {
      const here = join(folder, archive.name);
      mkdirSync(here);
      const { file, images } = await prepare(archive, here);
      const dive = askDive(file, folder);
      if (typeof dive === 'string') throw new Error(dive);
      expectSame(file, await checkedByCommand(file, images.length > 1 ? '#1' : undefined), dive);
    },
  );

  it('are the same for random layers in all forms of archives', async () => {
    const forms = [{ form: 'hybrid' }, { form: 'legacy' }, { form: 'hybrid', compression: 'gzip' }] as const;
    let number = 0;
    await fc.assert(
      fc.asyncProperty(layerStack, fc.constantFrom(...forms), async (layers, form) => {
        const path = join(folder, `random-${number++ % 2}.tar`);
        const images = [{ tags: ['x:1'], layers: layers.map(buildTar) }];
        writeFileSync(path, buildDockerArchive({ images }, form));
        const dive = askDive(path, folder);
        if (typeof dive === 'string') throw new Error(dive);
        expectSame(path, await checkedHere(path), dive);
      }),
      { numRuns: process.env['LAYERS_LONG'] === '1' ? 20_000 : 300 },
    );
  });

  const socket = inject('dockerSocket');
  describe.skipIf(socket === '')('of an image that Docker built', () => {
    const docker = dockerAt(socket);
    const context = join(folder, 'context');
    beforeAll(async () => {
      mkdirSync(join(context, 'tree/below'), { recursive: true });
      for (const [name, bytes] of [
        ['tree/a', 5000],
        ['tree/below/b', 700],
        ['c', 90],
      ] as const)
        writeFileSync(join(context, name), Buffer.alloc(bytes, name));
      const { stdout } = await attempt('sh', ['-c', 'command -v busybox']);
      writeFileSync(join(context, 'busybox'), readFileSync(stdout.toString().trim()), { mode: 0o755 });
      const lines = [
        'FROM scratch',
        'COPY busybox /bin/',
        'SHELL ["/bin/busybox", "sh", "-c"]',
        'COPY tree /srv/tree',
        'COPY c /srv/c',
        'RUN /bin/busybox chmod 600 /srv/tree/a && /bin/busybox rm /srv/c',
        'RUN /bin/busybox rm -r /srv/tree && /bin/busybox mkdir /srv/tree && /bin/busybox ln /bin/busybox /srv/tree/sh',
        'COPY c /srv/c',
        'RUN /bin/busybox rm -r /srv',
        'COPY c /srv/c',
      ];
      writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
      await docker(['build', '--quiet', '--network', 'none', '--tag', 'dive:1', context]);
    });
    afterAll(async () => void (await docker(['rmi', '--force', 'dive:1'])));

    it('are the same in what docker and podman save', async () => {
      const saved = join(folder, 'saved.tar');
      await docker(['save', '--output', saved, 'dive:1']);
      const copied = join(folder, 'copied.tar');
      await run('skopeo', [
        '--insecure-policy',
        'copy',
        `docker-archive:${saved}`,
        `docker-archive:${copied}`,
      ]);
      for (const path of [saved, copied]) {
        const dive = askDive(path, folder);
        if (typeof dive === 'string') throw new Error(dive);
        const here = await checkedByCommand(path);
        expect(here.dive.wastedBytes).toBeGreaterThan(5000);
        expectSame(path, here, dive);
      }
    });
  });
});

async function imagesOf(path: string): Promise<number> {
  const manifest: unknown[] = JSON.parse(
    (await run('tar', ['--extract', '--to-stdout', '--file', path, 'manifest.json'])).toString(),
  );
  return manifest.length;
}
