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
let made = 0;

/** A process that may acquire the lock of a folder of its own. */
function newProcess(id = `someone-${made++}`, place = `place-${id}`) {
  const root = join(folder, place);
  mkdirSync(root, { recursive: true });
  const holder = thisHolder(id);
  const holderFile = join(root, `holder-${id}`);
  writeFileSync(holderFile, JSON.stringify(holder));
  return { root, lock: join(root, 'lock'), settings: { holder, holderFile, seconds: 0.3 } };
}

/** The id of a process that has ended. */
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

test('many processes that break one stale lock get it one after the other', async () => {
  const place = 'crowd';
  const all = Array.from({ length: 12 }, (_, i) => newProcess(`member-${i}`, place));
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

test('a process is distinguished from a later one with the same id', () => {
  const here = thisHolder('x');
  expect(holderState(here)).toBe('alive');
  expect(holderState(endedHolder('x'))).toBe('dead');
  if (here.start === null) return;
  expect(holderState({ ...here, start: '1' })).toBe('dead');
});

test('holders on another host, in another container and of an earlier boot', () => {
  const here = thisHolder('x');
  expect(holderState({ ...here, host: 'elsewhere', boot: 'another' })).toBe('foreign');
  expect(holderState({ ...here, machine: 'another', boot: 'another' })).toBe('foreign');
  expect(holderState({ ...here, boot: 'an older one' })).toBe('dead');
  expect(holderState({ ...here, pidNamespace: 'pid:[1]', pid: endedPid() })).toBe('foreign');
});

test.each([
  ['a symlink that leads nowhere', (lock: string) => symlinkSync('/nowhere/at-all', lock)],
  ['a folder', (lock: string) => mkdirSync(lock)],
  ['a pipe that nobody writes to', (lock: string) => spawnSync('mkfifo', [lock])],
])('%s in the place of the lock is told of after a while, and stays', async (_, place) => {
  const { lock, settings } = newProcess();
  place(lock);
  const error = await errorOfAsync(() => acquireLock(lock, settings));
  expect(error.code).toBe('ERR_LAYERS_STORE_LOCKED');
  expect(error.message).toContain(lock);
});
