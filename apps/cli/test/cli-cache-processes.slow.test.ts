import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { command, environment, shell, spawnLayers } from '@layers/testing/command';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

const scratch = useScratch();
const directory = join(scratch.folder, 'cache');
const env = { LAYERS_CACHE: directory };
let image = '';
let sought = '';
let inspected = '';

beforeAll(async () => {
  const layers = [0, 1, 2].map((layer) =>
    buildTar(
      Array.from({ length: 20_000 }, (_, i) => ({
        path: `d${i % 50}/f${layer}-${i}`,
        data: Buffer.from(`${i}`),
      })),
    ),
  );
  const images = [{ tags: ['app:1'], layers }];
  image = scratch.file(buildDockerArchive({ images }, { form: 'oci', compression: 'gzip' }), 'app.tar');
  await setTimeout(30);
  sought = list({ LAYERS_CACHE: 'off' });
  inspected = inspect({ LAYERS_CACHE: 'off' });
});

beforeEach(() => rmSync(directory, { recursive: true, force: true }));

/** Lists the image in a process of its own. */
function list(more: Readonly<Record<string, string>> = env): string {
  const { status, stdout, stderr } = spawnLayers(['ls', '-R', '--json', image], { env: more });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** Inspects the image in a process of its own. Leaves out what says whether the digests were computed. */
function inspect(more: Readonly<Record<string, string>> = env): string {
  const { status, stdout, stderr } = spawnLayers(['inspect', '--json', image], { env: more });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.replaceAll(/"verified": (?:true|null)/g, '');
}

const start = (args: readonly string[] = ['ls', '-R', '--json', image]): ChildProcess =>
  spawn(process.execPath, [command, ...args], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function outputOf(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks).toString('utf8');
}

describe('the cache of several processes', () => {
  it('has one key and gives each the right answer, while all write it', async () => {
    const children = [0, 1, 2, 3].map(() => start());
    for (const child of [0, 1, 2, 3].map(() => start(['inspect', image]))) child.stdout?.resume();
    for (const text of await Promise.all(children.map(outputOf))) expect(text === sought).toBe(true);
    expect(list() === sought).toBe(true);
    expect(inspect()).toBe(inspected);
    expect(inspect()).toBe(inspected);
    expect(readdirSync(directory).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('is right after a process was killed at any moment', async () => {
    for (let run = 0; run < runs(12, 100); run++) {
      rmSync(directory, { recursive: true, force: true });
      const child = run % 2 === 0 ? start() : start(['inspect', '--json', image]);
      child.stdout?.resume();
      await setTimeout(60 + run * 35);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(list() === sought).toBe(true);
      expect(list() === sought).toBe(true);
      expect(inspect()).toBe(inspected);
      expect(inspect()).toBe(inspected);
    }
  });

  it('is right if a file may have only a part of its bytes', () => {
    // As on a full disk: bash counts in kilobytes.
    const { status, stdout } = shell(`ulimit -f 100; layers ls -R --json '${image}' | cat`, env);
    expect(status).toBe(0);
    expect(stdout === sought).toBe(true);
    expect(readdirSync(directory)).toEqual(['key']);
    expect(list() === sought).toBe(true);
  });
});
