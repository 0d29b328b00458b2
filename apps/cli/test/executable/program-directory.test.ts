import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { programDirectory } from '../../src/executable/program-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-program-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contents: Readonly<Record<string, string>> = { 'bin/layers.js': 'start', 'dist/main.cjs': 'main' };
let reads = 0;
const program = {
  id: '1.0.0-abc',
  sizes: Object.fromEntries(Object.entries(contents).map(([name, text]) => [name, text.length])),
  read: (name: string) => {
    reads += 1;
    return Buffer.from(contents[name] ?? '');
  },
};

let cache = '';
let runs = 0;
beforeEach(() => {
  cache = join(folder, `cache-${runs++}`);
  reads = 0;
});
const env = (): Record<string, string> => ({ XDG_CACHE_HOME: cache });
const own = (): string => join(cache, 'layers', 'program');

function expectWhole(path: string): void {
  for (const [name, text] of Object.entries(contents))
    expect(readFileSync(join(path, name), 'utf8')).toBe(text);
}

describe('the directory of the program in an executable', () => {
  it('is written once, for this user alone', () => {
    const first = programDirectory(program, env());
    expect(first).toEqual({ path: join(own(), program.id), isTemporary: false });
    expectWhole(first.path);
    expect(statSync(first.path).mode & 0o777).toBe(0o700);
    expect(statSync(join(first.path, 'dist/main.cjs')).mode & 0o777).toBe(0o600);
    expect(reads).toBe(2);
    expect(programDirectory(program, env())).toEqual(first);
    expect(reads).toBe(2);
    expect(readdirSync(own())).toEqual([program.id]);
  });

  it('is written again where a file is truncated or missing', () => {
    const { path } = programDirectory(program, env());
    truncateSync(join(path, 'dist/main.cjs'), 1);
    expectWhole(programDirectory(program, env()).path);
    rmSync(join(path, 'bin/layers.js'));
    expectWhole(programDirectory(program, env()).path);
    expect(readdirSync(own())).toEqual([program.id]);
  });

  it('is another one where others can write to it, or it is a link', () => {
    const { path } = programDirectory(program, env());
    chmodSync(path, 0o777);
    expectWhole(programDirectory(program, env()).path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    rmSync(path, { recursive: true });
    mkdirSync(join(folder, 'elsewhere'), { recursive: true });
    symlinkSync(join(folder, 'elsewhere'), path);
    expectWhole(programDirectory(program, env()).path);
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
    chmodSync(own(), 0o777);
    rmSync(path, { recursive: true });
    const { path: other, isTemporary } = programDirectory(program, env());
    expect(isTemporary).toBe(true);
    rmSync(other, { recursive: true });
  });

  it('is temporary where there is no cache', () => {
    const { path, isTemporary } = programDirectory(program, { XDG_CACHE_HOME: '/proc/nonexistent' });
    expect(isTemporary).toBe(true);
    expectWhole(path);
    rmSync(path, { recursive: true });
  });

  it('removes versions that were not run for a month, and keeps others', () => {
    for (const name of ['old', 'recent']) mkdirSync(join(own(), name), { recursive: true, mode: 0o700 });
    chmodSync(own(), 0o700);
    const past = new Date(Date.now() - 31 * 24 * 3600 * 1000);
    utimesSync(join(own(), 'old'), past, past);
    const { path } = programDirectory(program, env());
    expect(readdirSync(own()).sort()).toEqual([program.id, 'recent']);
    utimesSync(path, past, past);
    programDirectory(program, env());
    expect(statSync(path).mtimeMs).toBeGreaterThan(past.getTime());
    expect(existsSync(path)).toBe(true);
  });
});
