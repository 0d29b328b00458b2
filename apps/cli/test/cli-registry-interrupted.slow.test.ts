import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, environment } from '@layers/testing/command';
import type { FaultPlan, TestRegistry } from '@layers/testing/registry';
import { demo, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();

const stallsReads: FaultPlan = ({ method, path }) =>
  method === 'GET' && path.includes('/blobs/') ? { kind: 'stall', after: 100 } : null;
const stallsWrites: FaultPlan = ({ method, path }) =>
  method !== 'POST' && path.includes('/blobs/uploads/') ? { kind: 'silence' } : null;

/** How a command ends after a signal. */
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Runs a command until a request to the registry meets a fault, then sends it a signal. */
async function interrupted(
  registry: TestRegistry,
  args: readonly string[],
  [signal, expected]: readonly [NodeJS.Signals, number],
  input = '',
) {
  const tmp = store.at('tmp');
  mkdirSync(tmp, { recursive: true });
  const child = spawn(process.execPath, [command, ...args], {
    cwd: store.at('.'),
    env: environment({ LAYERS_STORE: store.path(), TMPDIR: tmp, HOME: store.at('home') }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  while (!registry.log.records.some(({ fault }) => fault !== null) && child.exitCode === null)
    await sleep(10);
  child.kill(signal);
  const status = await ended;
  expect([args[0], status, output, readdirSync(tmp)]).toEqual([args[0], expected, '', []]);
}

describe.each(SIGNALS)('%s, which ends a command with status %i,', (...signal) => {
  it('leaves no name in the store, and no output', async () => {
    const registry = await start();
    const name = `${registry.domain}/app:1`;
    await store.out(['copy', demo, `docker://${name}`]);
    registry.faults = stallsReads;
    for (const args of [
      ['pull', name],
      ['copy', `docker://${name}`, 'oci:layout'],
      ['copy', '--all', `docker://${name}`, 'store:app:1'],
      ['copy', `docker://${name}`, 'out.tar'],
      ['copy', `docker://${name}`, `docker://${registry.domain}/b/app:1`],
    ]) {
      registry.log.records.length = 0;
      if (args.at(-1)?.includes('/b/') === true) registry.behaviour.mounts = false;
      await interrupted(registry, args, signal);
    }
    expect(await store.out(['images', '-q'])).toBe('');
    for (const output of ['layout', 'out.tar']) expect(existsSync(store.at(output))).toBe(false);
    expect(readdirSync(store.at('.')).filter((file) => file.includes('partial'))).toEqual([]);
    const uploads = store.at('store/.layers/uploads');
    expect(existsSync(uploads) ? readdirSync(uploads) : []).toEqual([]);
    expect(tagsIn(registry, 'b/app')).toEqual({});
    registry.faults = null;
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 0 images/);
    await store.out(['pull', name]);
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 1 image,/);
  });

  it('leaves no credentials that were not tried', async () => {
    const registry = await start({ authentication: { kind: 'basic', users: { me: 'secret' } } });
    registry.faults = () => ({ kind: 'silence' });
    const login = ['login', '-u', 'me', '--password-stdin', registry.domain];
    await interrupted(registry, login, signal, 'secret\n');
    expect(existsSync(store.at('home/.docker/config.json'))).toBe(false);
  });

  it('leaves no tag in the registry', async () => {
    const registry = await start();
    const name = `${registry.domain}/app:1`;
    await store.out(['load', '-i', demo]);
    registry.faults = stallsWrites;
    for (const args of [
      ['push', 'bramble:1.4', name],
      ['copy', demo, `docker://${name}`],
      ['squash', demo, '-o', `docker://${name}`],
    ]) {
      registry.log.records.length = 0;
      await interrupted(registry, args, signal);
    }
    expect(tagsIn(registry, 'app')).toEqual({});
    expect(registry.storage.repository('app').manifests.size).toBe(0);
  });
});
