import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enqueueFleet, type FleetSource, mergeFleets, queryFleet, scanFleet, workFleet } from '@layers/fleet';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { layersAsync, type RunOptions } from '@layers/testing/command';
import { needs } from '@layers/testing/needs';
import { startTestRegistry } from '@layers/testing/registry';
import { pushedImage } from '@layers/testing/registry/pushed-image';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tablesOf } from './fleet-tables.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-fleet-queue-'));
const at = (name: string): string => join(folder, name);
const library = fileURLToPath(new URL('../../packages/fleet/dist/index.js', import.meta.url));
/** Short, so that the sources of a killed worker are soon read by another. */
const LOCK_MS = 2000;
const IMAGES = 60;

function archive(n: number): FleetSource {
  const layers = [`base ${n % 3}`, `image ${n}`].map((data) =>
    buildTar([{ path: 'bin/sh', data: Buffer.from(data) }]),
  );
  const path = at(`${n}.tar`);
  writeFileSync(path, buildDockerArchive({ images: [{ tags: [`app:${n}`], layers }] }, { form: 'oci' }));
  return { name: path, path };
}

function startWorker(fleet: string, url: string): ChildProcess {
  const program = `import { workFleet } from ${JSON.stringify(library)};
    await workFleet(${JSON.stringify(fleet)}, ${JSON.stringify(url)}, { untilEmpty: true, lockMs: ${LOCK_MS}, chunks: {} });`;
  // Threads inherit the options of Node, so that the program is a file.
  writeFileSync(`${fleet}.mjs`, program);
  return spawn(process.execPath, [`${fleet}.mjs`], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const sourcesIn = (fleet: string): number =>
  existsSync(join(fleet, 'fleet.json'))
    ? JSON.parse(readFileSync(join(fleet, 'fleet.json'), 'utf8')).sources.length
    : 0;

describe('workers of a queue', needs('redis-server'), () => {
  let redis: RedisServer;
  let sources: readonly FleetSource[];

  beforeAll(async () => {
    redis = await startRedis();
    sources = Array.from({ length: IMAGES }, (_, n) => archive(n));
    const broken = at('broken.tar');
    writeFileSync(broken, 'no archive');
    sources = [...sources, { name: broken, path: broken }];
    await scanFleet(at('whole'), sources, { jobs: 1, chunks: {} });
  });

  afterAll(async () => {
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('read what one scan reads, also where one of them is killed', async () => {
    expect(await enqueueFleet(redis.url, sources)).toBe(sources.length);
    // What waits is not added again.
    expect(await enqueueFleet(redis.url, sources.slice(0, 10))).toBe(sources.length);
    const killed = startWorker(at('killed'), redis.url);
    const exit = once(killed, 'exit');
    await expect.poll(() => sourcesIn(at('killed')), { timeout: 120_000, interval: 5 }).toBeGreaterThan(0);
    killed.kill('SIGKILL');
    await exit;
    const before = sourcesIn(at('killed'));
    expect(before).toBeLessThan(sources.length);

    const workers = ['one', 'two'].map((name) => startWorker(at(name), redis.url));
    expect(await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]))).toEqual([0, 0]);
    await mergeFleets(at('merged'), ['killed', 'one', 'two'].map(at));
    expect(await tablesOf(at('merged'))).toEqual(await tablesOf(at('whole')));
  });

  it('have the newest state of a source', async () => {
    const [first, second] = [at('first'), at('second')];
    const moving = archive(1000);
    await enqueueFleet(redis.url, [moving]);
    await workFleet(first, redis.url, { untilEmpty: true });
    const tag = async (): Promise<unknown> => {
      await mergeFleets(at('newest'), [second, first].filter(existsSync));
      return (await queryFleet(at('newest'), 'SELECT tag FROM tags')).rows;
    };
    expect(await tag()).toEqual([['app:1000']]);
    writeFileSync(moving.path, readFileSync(archive(1001).path));
    await enqueueFleet(redis.url, [moving]);
    const result = await workFleet(second, redis.url, { untilEmpty: true });
    expect(result).toMatchObject({ sources: 1, newImages: 1, problems: 0 });
    expect(await tag()).toEqual([['app:1001']]);
  });

  it('return a source to the queue when they are told to end', async () => {
    await enqueueFleet(redis.url, sources);
    const stop = new AbortController();
    const work = workFleet(at('stopped'), redis.url, { signal: stop.signal, chunks: {} });
    const ended = expect(work).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => sourcesIn(at('stopped')), { timeout: 120_000, interval: 5 }).toBeGreaterThan(0);
    stop.abort();
    await ended;
    await workFleet(at('rest'), redis.url, { untilEmpty: true, lockMs: LOCK_MS, chunks: {} });
    await mergeFleets(at('both'), ['stopped', 'rest'].map(at));
    expect(await tablesOf(at('both'))).toEqual(await tablesOf(at('whole')));
  });

  it('read images of registries by their names, with credentials of their own', async () => {
    const registry = await startTestRegistry({ authentication: { kind: 'basic', users: { bob: 'secret' } } });
    try {
      const { storage, domain } = registry;
      const base = buildTar([{ path: 'base', data: Buffer.from('base') }]);
      for (const n of [1, 2]) {
        const layer = buildTar([{ path: 'n', data: Buffer.from(String(n)) }]);
        pushedImage(storage, 'team/app', `1.${n}`, { layers: [base, layer] });
      }
      const auth = { auths: { [domain]: { auth: Buffer.from('bob:secret').toString('base64') } } };
      const env = { LAYERS_QUEUE: redis.url, TMPDIR: folder };
      const withLogin = { env: { ...env, REGISTRY_AUTH_FILE: at('auth.json') } };
      writeFileSync(at('auth.json'), JSON.stringify(auth));
      const run = async (args: readonly string[], options: RunOptions) => {
        const { status, stdout } = await layersAsync(['fleet', ...args, '--json'], options);
        return { status, ...JSON.parse(stdout) };
      };
      const worker = ['worker', '--until-empty', '--fleet', at('remote')];
      const names = `docker://${domain}/team/*`;
      expect(await run(['enqueue', names], withLogin)).toMatchObject({ status: 0, sources: 2, queued: 2 });
      expect(await run(worker, withLogin)).toMatchObject({
        status: 0,
        sources: 2,
        newImages: 2,
        newLayers: 3,
      });
      const { rows } = await queryFleet(at('remote'), 'SELECT tag, source FROM tags ORDER BY tag');
      expect(rows).toEqual(
        ['1', '2'].map((n) => [`${domain}/team/app:1.${n}`, `docker://${domain}/team/app:1.${n}`]),
      );
      // A name needs no registry to be added; a worker without a password says so.
      expect(await run(['enqueue', `docker://${domain}/team/app:1.1`], { env })).toMatchObject({ queued: 1 });
      expect(await run(worker, { env })).toMatchObject({ status: 1, sources: 1, newImages: 0, problems: 1 });
      expect(readdirSync(folder).filter((name) => name.startsWith('layers-'))).toEqual([]);
    } finally {
      await registry.stop();
    }
  });

  it('explain a queue that does not answer', async () => {
    const error = { code: 'ERR_LAYERS_QUEUE', message: expect.not.stringContaining('hunter2') };
    await expect(enqueueFleet('redis://user:hunter2@127.0.0.1:1', [])).rejects.toMatchObject(error);
    await expect(workFleet(at('none'), 'http://127.0.0.1', {})).rejects.toMatchObject({
      code: 'ERR_LAYERS_USAGE',
    });
  });
});
