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

/** Runs a command until a request to the registry meets a fault, then interrupts it. */
async function interrupted(registry: TestRegistry, args: readonly string[]) {
  const tmp = store.at('tmp');
  mkdirSync(tmp, { recursive: true });
  const child = spawn(process.execPath, [command, ...args], {
    cwd: store.at('.'),
    env: environment({ LAYERS_STORE: store.path(), TMPDIR: tmp }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  while (!registry.log.records.some(({ fault }) => fault !== null) && child.exitCode === null)
    await sleep(10);
  child.kill('SIGINT');
  const status = await ended;
  expect([args[0], status, output, readdirSync(tmp)]).toEqual([args[0], 130, '', []]);
}

describe('Ctrl-C', () => {
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
      await interrupted(registry, args);
    }
    expect(await store.out(['images', '-q'])).toBe('');
    for (const output of ['layout', 'out.tar']) expect(existsSync(store.at(output))).toBe(false);
    expect(readdirSync(store.at('.')).filter((file) => file.includes('partial'))).toEqual([]);
    const uploads = store.at('store/.layers/uploads');
    expect(existsSync(uploads) ? readdirSync(uploads) : []).toEqual([]);
    expect(tagsIn(registry, 'b/app')).toEqual({});
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
      await interrupted(registry, args);
    }
    expect(tagsIn(registry, 'app')).toEqual({});
    expect(registry.storage.repository('app').manifests.size).toBe(0);
  });
});
