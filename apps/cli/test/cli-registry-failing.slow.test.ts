import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, environment } from '@layers/testing/command';
import { htmlPage, type TestRegistry } from '@layers/testing/registry';
import { demo, useTestStore } from '@layers/testing/test-store';
import { afterEach, describe, expect, it } from 'vitest';
import { tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Stops a registry when a request arrives, as if it died. */
function diesAt(
  registry: TestRegistry,
  isLast: (request: { method: string; path: string }) => boolean,
): void {
  registry.faults = (request) => {
    if (!isLast(request)) return null;
    void registry.stop();
    return { kind: 'silence' };
  };
}

describe('a registry that dies', () => {
  it('after the blobs and before the manifest: an error, no tag, and a second push is complete', async () => {
    const registry = await start();
    await store.out(['load', '-i', demo]);
    diesAt(registry, ({ method, path }) => method === 'PUT' && path.includes('/manifests/'));
    const { status, stdout, stderr } = await store.layers([
      'push',
      'bramble:1.4',
      `${registry.domain}/app:1`,
    ]);
    expect([status, stdout, stderr.match(/^error: (\S+): /m)?.[1]]).toEqual([4, '', registry.domain]);
    expect(stderr).toMatch(/\nhint: .+\n$/);
    expect(tagsIn(registry, 'app')).toEqual({});
    const other = await start();
    for (const [digest, blob] of registry.storage.repository('app').blobs)
      other.storage.repository('app').blobs.set(digest, blob);
    await store.out(['push', 'bramble:1.4', `${other.domain}/app:1`]);
    expect(other.log.pushes().size).toBe(0);
    expect(Object.keys(tagsIn(other, 'app'))).toEqual(['1']);
  });

  it('in the middle of a pull: the store has no name and stays usable', async () => {
    const registry = await start();
    const name = `${registry.domain}/app:1`;
    await store.out(['copy', demo, `docker://${name}`]);
    diesAt(registry, ({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    const { status, stderr } = await store.layers(['pull', name]);
    expect([status, stderr]).toEqual([3, expect.stringContaining(registry.domain)]);
    expect(await store.out(['images', '-q'])).toBe('');
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 0 images/);
    await store.out(['load', '-i', demo]);
  });
});

describe('a store that another process has locked', () => {
  /** Locks the store as a process that does nothing else. */
  function lock(): { end(): void } {
    const holder = spawn('sleep', ['60']);
    stops.push(() => holder.kill());
    const folder = join(store.path(), '.layers');
    mkdirSync(folder, { recursive: true });
    const textOf = (path: string): string | null =>
      existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
    const owner = {
      id: 'test',
      pid: holder.pid,
      start: null,
      host: hostname(),
      machine: textOf('/etc/machine-id'),
      boot: textOf('/proc/sys/kernel/random/boot_id'),
      pidNamespace: readlinkSync('/proc/self/ns/pid'),
    };
    writeFileSync(join(folder, 'lock'), JSON.stringify(owner));
    return { end: () => void holder.kill() };
  }

  it('gets the blobs of a pull, and its name when the other process has ended', async () => {
    const registry = await start();
    const name = `${registry.domain}/app:1`;
    await store.out(['copy', demo, `docker://${name}`]);
    await store.out(['images']);
    const { end } = lock();
    registry.log.clear();
    const pulled = store.layers(['pull', name]);
    const blobs = registry.storage.repository('app').blobs.size;
    while (new Set(registry.log.pulls().keys()).size < blobs) await sleep(10);
    await sleep(200);
    expect(JSON.parse(readFileSync(join(store.path(), 'index.json'), 'utf8')).manifests).toEqual([]);
    end();
    expect(await pulled).toMatchObject({ status: 0, stderr: '' });
    expect(await store.out(['images', '-q'])).toMatch(/^\w{12}\n$/);
    expect(existsSync(join(store.path(), '.layers/lock'))).toBe(false);
  });

  it('is left by Ctrl-C, without temporary files', async () => {
    const registry = await start();
    const name = `${registry.domain}/app:1`;
    await store.out(['copy', demo, `docker://${name}`]);
    const { end } = lock();
    const child = spawn(process.execPath, [command, 'pull', name], {
      env: environment({ LAYERS_STORE: store.path() }),
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const blobs = registry.storage.repository('app').blobs.size;
    while (new Set(registry.log.pulls().keys()).size < blobs) await sleep(10);
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    const uploads = join(store.path(), '.layers/uploads');
    expect(existsSync(uploads) ? readdirSync(uploads) : []).toEqual([]);
    end();
    await store.out(['pull', name]);
  });
});

describe('a mirror that does not help', () => {
  it.each<[string, (mirror: TestRegistry) => void]>([
    ['answers with a page and 200', (mirror) => (mirror.faults = () => htmlPage(200))],
    ['answers with a page and 404', (mirror) => (mirror.faults = () => htmlPage(404))],
    ['answers with a page and 403', (mirror) => (mirror.faults = () => htmlPage(403))],
    ['sends no HTTP', (mirror) => (mirror.faults = () => ({ kind: 'garbage' }))],
    ['has the manifest alone', (mirror) => void mirror],
    ['is down', (mirror) => void mirror.stop()],
  ])('is passed over: it %s', async (what, spoil) => {
    const [mirror, origin] = [await start(), await start()];
    const name = `${origin.domain}/app:1`;
    await store.out(['copy', demo, `docker://${name}`]);
    await store.out(['copy', demo, `docker://${mirror.domain}/app:1`]);
    if (what.includes('alone')) mirror.storage.repository('app').blobs.clear();
    spoil(mirror);
    origin.log.clear();
    const mirrored = ['--mirror', `http://${mirror.domain}`];
    const digest = (await store.out(['digest', `docker://${name}`])).trim();
    expect(await store.out(['pull', ...mirrored, name])).toContain(digest);
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 1 image,/);
    expect(await store.out(['tags', ...mirrored, `${origin.domain}/app`])).toBe('1\n');
    expect(origin.log.records.length).toBeGreaterThan(0);
  });
});
