import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { command, environment, shell } from '@layers/testing/command';
import { runs } from '@layers/testing/random-runs';
import {
  digestsBelow,
  type Inputs,
  makeInputs,
  makeOld,
  WRITE_COMMANDS,
  type WriteCommand,
} from '@layers/testing/write-commands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from './support/random.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layers-interrupted-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let inputs: Inputs;
let untouched: ReadonlyMap<string, string>;
beforeAll(() => {
  mkdirSync(join(scratch, 'inputs'));
  inputs = makeInputs(join(scratch, 'inputs'), 8);
  untouched = digestsBelow(join(scratch, 'inputs'));
});

/** The directories of one run: `out` for its output alone, `tmp` for its temporary files. */
interface Place {
  readonly folder: string;
  readonly output: string;
}

/** Whether a process that was killed may leave the file in a layout: its lock, and its uploads. The next process removes them. */
function isStale(name: string): boolean {
  return name === '.layers/lock' || name.startsWith('.layers/uploads/');
}

let places = 0;
function newPlace(): Place {
  const folder = join(scratch, `run-${places++}`);
  for (const name of ['out', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  return { folder, output: join(folder, 'out', 'result') };
}

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Runs the built command. `arm` receives a function that kills it, and can return a function to call at the end. */
function run(
  args: readonly string[],
  { folder }: Place,
  arm: (kill: (signal: NodeJS.Signals) => void) => (() => void) | undefined,
): Promise<Ended> {
  const started = performance.now();
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: environment({ TMPDIR: join(folder, 'tmp') }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const disarm = arm((signal) => void child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      disarm?.();
      resolve({ status, signal, stderr, milliseconds: performance.now() - started });
    });
  });
}

function delayed(milliseconds: number, signal: NodeJS.Signals) {
  return (kill: (signal: NodeJS.Signals) => void) => {
    const timer = setTimeout(() => kill(signal), milliseconds);
    return () => clearTimeout(timer);
  };
}

/** Kills as soon as a file appears in the directory of the output. */
function onceBegun({ folder }: Place, signal: NodeJS.Signals) {
  return (kill: (signal: NodeJS.Signals) => void) => {
    const watcher = watch(join(folder, 'out'), () => kill(signal));
    return () => watcher.close();
  };
}

/** The names that a killed run can leave next to its output: hidden temporary files. */
const TEMPORARY = /^\.(?:[^/]+\.[0-9a-f]{12}\.(?:partial|old)|layers-\w{6})$/;

/** Returns the files next to the output, and checks that there are no others. */
function leftovers({ folder }: Place): string[] {
  expect(readdirSync(folder).sort()).toEqual(['out', 'tmp']);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  expect(digestsBelow(join(scratch, 'inputs'))).toEqual(untouched);
  return readdirSync(join(folder, 'out')).filter((name) => name !== 'result');
}

const OLD = new Map([
  ['file', digestsOfOld('file')],
  ['layout', digestsOfOld('layout')],
  ['tree', digestsOfOld('tree')],
]);

function digestsOfOld(makes: WriteCommand['makes']): ReadonlyMap<string, string> {
  const path = join(scratch, `old-${makes}`);
  makeOld(path, { makes });
  return digestsBelow(path);
}

const sorted = (digests: ReadonlyMap<string, string>) => [...digests].sort();

const NOTHING: ReadonlyMap<string, string> = new Map();
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

describe.each(WRITE_COMMANDS.map((writes, seed) => ({ ...writes, seed })))(
  'layers $name, interrupted',
  (writes) => {
    const random = createRandom(writes.seed + 1);
    const old = OLD.get(writes.makes) ?? NOTHING;
    let whole: ReadonlyMap<string, string>;
    /** An old layout to which the images were added. */
    let added: ReadonlyMap<string, string> = NOTHING;
    let usual = 0;

    const argsFor = ({ output }: Place, isForced: boolean): string[] => [
      ...writes.args(inputs, output),
      ...(isForced ? ['--force'] : []),
    ];
    const placeFor = (isForced: boolean): Place => {
      const place = newPlace();
      if (isForced) makeOld(place.output, writes);
      return place;
    };

    beforeAll(async () => {
      const place = newPlace();
      const ended = await run(argsFor(place, false), place, () => undefined);
      expect(ended).toMatchObject({ status: 0 });
      expect(leftovers(place)).toEqual([]);
      whole = digestsBelow(place.output);
      expect(whole.size).toBeGreaterThan(0);
      usual = ended.milliseconds;
      if (writes.makes !== 'layout') return;
      const existing = placeFor(true);
      expect(await run(argsFor(existing, true), existing, () => undefined)).toMatchObject({ status: 0 });
      added = digestsBelow(existing.output);
    });

    /** The output is unchanged or complete. */
    const isBeforeOrAfter = (place: Place, isForced: boolean): void => {
      const is = digestsBelow(place.output);
      if (writes.makes === 'tree') {
        // A directory contains complete files, and files from before.
        const shall = new Map([...whole, ...(isForced ? old : [])]);
        expect([...is].filter(([name, digest]) => shall.get(name) !== digest)).toEqual([]);
        if (isForced) expect(is.get('mine')).toBe(old.get('mine'));
        return;
      }
      if (writes.makes === 'layout' && isForced) {
        // Blobs are added first; the index that names them replaces the old one at the end.
        const isAdded = is.get('index.json') === added.get('index.json');
        expect([...(isAdded ? added : old)].filter(([name, digest]) => is.get(name) !== digest)).toEqual([]);
        const known = new Map([...old, ...added]);
        known.delete('index.json');
        const others = [...is].filter(([name, digest]) => known.get(name) !== digest).map(([name]) => name);
        expect(others.filter((name) => !isStale(name) && !TEMPORARY.test(basename(name)))).toEqual([
          'index.json',
        ]);
        return;
      }
      const before = isForced ? old : NOTHING;
      expect([sorted(before), sorted(whole)]).toContainEqual(sorted(is));
    };

    /** Adds to a layout whose last writer was killed. */
    const completes = async (place: Place): Promise<void> => {
      const ended = await run(argsFor(place, true), place, () => undefined);
      expect([ended.status, ended.stderr]).toEqual([0, expect.not.stringContaining('error')]);
      const is = digestsBelow(place.output);
      expect(is.get('index.json')).toBe(added.get('index.json'));
      expect([...is.keys()].filter(isStale)).toEqual([]);
    };

    it('by SIGKILL at any moment leaves the output unchanged or complete, and only hidden temporary files', async () => {
      for (let i = 0; i < runs(4, 60); i++) {
        const isForced = i % 2 === 1;
        const place = placeFor(isForced);
        const at = (usual * (20 + random(85))) / 100;
        const ended = await run(argsFor(place, isForced), place, delayed(at, 'SIGKILL'));
        expect([ended.status, ended.signal]).toEqual(ended.status === 0 ? [0, null] : [null, 'SIGKILL']);
        expect(leftovers(place).filter((name) => !TEMPORARY.test(name))).toEqual([]);
        if (writes.makes !== 'tree') {
          isBeforeOrAfter(place, isForced);
          if (writes.makes === 'layout' && isForced) await completes(place);
        } else {
          // A file can be incomplete; the same command with --force completes the directory.
          expect(await run(argsFor(place, true), place, () => undefined)).toMatchObject({ status: 0 });
          const mine = isForced ? old : NOTHING;
          expect(sorted(digestsBelow(place.output))).toEqual(sorted(new Map([...whole, ...mine])));
        }
        rmSync(place.folder, { recursive: true });
      }
    });

    it('by Ctrl-C or another signal leaves nothing behind', async () => {
      const usually = SIGNALS.filter(([signal], i) => signal === 'SIGINT' || i === 1 + (writes.seed % 2));
      for (let i = 0; i < runs(1, 20); i++) {
        for (const [n, [signal, status]] of (runs(1, 2) === 1 ? usually : SIGNALS).entries()) {
          const isForced = (i + n + writes.seed) % 2 === 1;
          const place = placeFor(isForced);
          const moment =
            i % 2 === 0 ? onceBegun(place, signal) : delayed((usual * (30 + random(80))) / 100, signal);
          const ended = await run(argsFor(place, isForced), place, moment);
          expect(leftovers(place)).toEqual([]);
          isBeforeOrAfter(place, isForced);
          // Before the command handles signals, a signal ends Node. After the last step, it has no effect.
          if (ended.signal !== null) expect(ended).toMatchObject({ signal, stderr: '' });
          else expect([status, 0]).toContain(ended.status);
          expect(ended.stderr).not.toContain('error');
          rmSync(place.folder, { recursive: true });
        }
      }
    });
  },
);

describe.each(WRITE_COMMANDS.filter(({ makes }) => makes === 'layout'))(
  'layers $name, killed while it holds the lock of a layout',
  (writes) => {
    it('leaves a lock that the next process recognises as stale, and removes', async () => {
      const place = newPlace();
      makeOld(place.output, writes);
      const own = join(place.output, '.layers');
      mkdirSync(own, { recursive: true });
      const args = [...writes.args(inputs, place.output), '--force'];
      const killed = await run(args, place, (kill) => {
        const watcher = watch(own, (_, name) => {
          if (name === 'lock') kill('SIGKILL');
        });
        return () => watcher.close();
      });
      expect(killed.signal).toBe('SIGKILL');
      const ended = await run(args, place, () => undefined);
      expect([ended.status, ended.stderr]).toEqual([0, expect.not.stringContaining('error')]);
      expect([...digestsBelow(place.output).keys()].filter(isStale)).toEqual([]);
    });
  },
);

describe.each(WRITE_COMMANDS.filter(({ makes }) => makes === 'file'))(
  'layers $name, writing to a closed pipe',
  (writes) => {
    it('ends with 141, without a message, and leaves no files', () => {
      const { folder } = newPlace();
      const words = writes.args(inputs, '-').map((word) => `'${word}'`);
      const line = `layers ${words.join(' ')} -q | head -c 1000 | wc -c`;
      const { status, stdout, stderr } = shell(line, { TMPDIR: join(folder, 'tmp') });
      expect([status, stdout.trim(), stderr]).toEqual([141, '1000', '']);
      expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    });
  },
);
