import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { acquireLock } from '../../src/lock/acquire-lock.ts';
import { type Holder, holderState, parseHolder, thisHolder } from '../../src/lock/holder.ts';
import { removeLock } from '../../src/lock/lock-file.ts';

const { folder } = useScratch();
let processes = 0;

/** Returns the settings of a process that acquires a lock. By default, each process has its own lock. */
function newProcess(id = `process-${processes++}`, place = `place-${id}`) {
  const root = join(folder, place);
  mkdirSync(root, { recursive: true });
  const holder = thisHolder(id);
  const holderFile = join(root, `holder-${id}`);
  writeFileSync(holderFile, JSON.stringify(holder));
  return { root, lock: join(root, 'lock'), settings: { holder, holderFile, seconds: 0.3 } };
}

/** Returns the id of a process that has ended. */
function endedPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

const endedHolder = (id: string): Holder => ({ ...thisHolder(id), pid: endedPid() });

test('a second process waits for the lock', async () => {
  const one = newProcess('one', 'shared');
  const two = newProcess('two', 'shared');
  await acquireLock(one.lock, one.settings);
  expect(parseHolder(readFileSync(one.lock, 'utf8'))?.id).toBe('one');
  const waiting = acquireLock(two.lock, { ...two.settings, seconds: 30 });
  await setTimeout(50);
  expect(parseHolder(readFileSync(one.lock, 'utf8'))?.id).toBe('one');
  removeLock(one.lock);
  await waiting;
  expect(parseHolder(readFileSync(one.lock, 'utf8'))?.id).toBe('two');
});

test('a timeout names the owner of the lock', async () => {
  const one = newProcess('first', 'long');
  const two = newProcess('second', 'long');
  await acquireLock(one.lock, one.settings);
  const { code, message } = await errorOfAsync(() => acquireLock(two.lock, two.settings));
  expect(code).toBe('ERR_LAYERS_STORE_LOCKED');
  expect(message).toContain(`process ${process.pid} on ${hostname()}`);
  expect(message).toContain(one.lock);
});

test('an aborted signal ends the wait', async () => {
  const one = newProcess('holder', 'abort');
  const two = newProcess('waiter', 'abort');
  await acquireLock(one.lock, one.settings);
  const aborted = acquireLock(two.lock, { ...two.settings, seconds: 30, signal: AbortSignal.timeout(30) });
  await expect(aborted).rejects.toThrow(/timeout/i);
});

test('the lock of an ended process is broken and removed', async () => {
  const one = newProcess();
  writeFileSync(one.lock, JSON.stringify(endedHolder('ended')));
  await acquireLock(one.lock, one.settings);
  expect(parseHolder(readFileSync(one.lock, 'utf8'))?.id).toBe(one.settings.holder.id);
  expect(readdirSync(one.root).filter((name) => name.startsWith('break'))).toEqual([]);
});

test('a process that ended while it broke a lock does not block others', async () => {
  const one = newProcess();
  writeFileSync(one.lock, JSON.stringify(endedHolder('ended')));
  writeFileSync(join(one.root, 'break.ended'), JSON.stringify(endedHolder('breaker')));
  writeFileSync(join(one.root, 'break.breaker'), JSON.stringify(endedHolder('second-breaker')));
  await acquireLock(one.lock, one.settings);
  expect(parseHolder(readFileSync(one.lock, 'utf8'))?.id).toBe(one.settings.holder.id);
});

test('a lock that cannot be parsed is not broken', async () => {
  for (const text of [
    '',
    '{"id":"x"',
    '[]',
    '{"id":"../x","pid":1,"host":"h"}',
    '{"id":"x","pid":-1,"host":"h"}',
  ]) {
    const one = newProcess();
    writeFileSync(one.lock, text);
    expect((await errorOfAsync(() => acquireLock(one.lock, one.settings))).code).toBe(
      'ERR_LAYERS_STORE_LOCKED',
    );
    expect(existsSync(one.lock)).toBe(true);
  }
});

test('many processes that break a stale lock acquire it one after the other', async () => {
  const place = 'shared-by-many';
  const all = Array.from({ length: 12 }, (_, i) => newProcess(`waiting-${i}`, place));
  writeFileSync(join(folder, place, 'lock'), JSON.stringify(endedHolder('ended-long-ago')));
  let inside = 0;
  await Promise.all(
    all.map(async ({ lock, settings }) => {
      await acquireLock(lock, { ...settings, seconds: 30 });
      expect(++inside).toBe(1);
      await setTimeout(2);
      inside--;
      removeLock(lock);
    }),
  );
});

test('a process is distinguished from a later process with the same id', () => {
  const self = thisHolder('x');
  expect(holderState(self)).toBe('alive');
  expect(holderState(endedHolder('x'))).toBe('dead');
  if (self.start === null) return;
  expect(holderState({ ...self, start: '1' })).toBe('dead');
});

test('holders on another host, in another container and of an earlier boot', () => {
  const self = thisHolder('x');
  expect(holderState({ ...self, host: 'elsewhere', boot: 'another' })).toBe('foreign');
  expect(holderState({ ...self, machine: 'another', boot: 'another' })).toBe('foreign');
  expect(holderState({ ...self, boot: 'an older one' })).toBe('dead');
  expect(holderState({ ...self, pidNamespace: 'pid:[1]', pid: endedPid() })).toBe('foreign');
});

test.each([
  ['a dangling symlink', (lock: string) => symlinkSync('/missing/target', lock)],
  ['a directory', (lock: string) => mkdirSync(lock)],
  ['a FIFO', (lock: string) => spawnSync('mkfifo', [lock])],
])('%s at the path of the lock is an error after the timeout, and stays', async (_, create) => {
  const { lock, settings } = newProcess();
  create(lock);
  const error = await errorOfAsync(() => acquireLock(lock, settings));
  expect(error.code).toBe('ERR_LAYERS_STORE_LOCKED');
  expect(error.message).toContain(lock);
});
