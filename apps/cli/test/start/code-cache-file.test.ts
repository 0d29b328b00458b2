import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeCacheDirectory, readCodeCache, writeCodeCache } from '../../src/start/code-cache-file.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layers-code-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CODE = Buffer.from('compiled code');
const written = (): string => {
  writeCodeCache(folder, 'v1-', 'inspect', CODE);
  return join(folder, 'v1-inspect');
};
const read = () => readCodeCache(folder, 'v1-', 'inspect')?.toString();

describe('the file of compiled code', () => {
  it('is read as it was written', () => {
    written();
    expect(read()).toBe('compiled code');
    expect(readdirSync(folder)).toEqual(['v1-inspect']);
  });

  it('counts only for its version and name', () => {
    written();
    expect(readCodeCache(folder, 'v2-', 'inspect')).toBeUndefined();
    expect(readCodeCache(folder, 'v1-', 'diff')).toBeUndefined();
  });

  it.each([
    ['shorter', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['changed in one bit', (bytes: Buffer) => bytes.fill((bytes[9] ?? 0) ^ 1, 9, 10)],
  ])('does not count if it is %s', (_, damage) => {
    const path = written();
    writeFileSync(path, damage(readFileSync(path)));
    expect(read()).toBeUndefined();
  });

  it.runIf(process.platform !== 'win32').each([0o620, 0o602])(
    'does not count if others may write it: mode %o',
    (mode) => {
      const path = written();
      expect(read()).toBeDefined();
      chmodSync(path, mode);
      expect(read()).toBeUndefined();
    },
  );

  it('removes files of other versions after a month', () => {
    const old = new Date(Date.now() - 31 * 24 * 3600 * 1000);
    for (const name of ['v0-inspect', 'v0-new', 'v1-diff']) writeFileSync(join(folder, name), '');
    for (const name of ['v0-inspect', 'v1-diff']) utimesSync(join(folder, name), old, old);
    written();
    expect(readdirSync(folder).sort()).toEqual(['v0-new', 'v1-diff', 'v1-inspect']);
  });

  it('is not written where a file is in the way, without an error', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    writeCodeCache(join(file, 'below'), 'v1-', 'inspect', CODE);
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('the directory of compiled code', () => {
  it.each([
    [{ NODE_DISABLE_COMPILE_CACHE: '1', HOME: '/' }, null],
    [{ NODE_COMPILE_CACHE: '/a', XDG_CACHE_HOME: '/b' }, '/a/layers'],
    [{ XDG_CACHE_HOME: '/b', HOME: '/' }, '/b/layers'],
  ])('of %j is %s', (env, directory) => {
    expect(codeCacheDirectory(env)).toBe(directory === null ? null : join(directory));
  });

  it('is nowhere where the home directory does not exist', () => {
    expect(codeCacheDirectory({ HOME: join(folder, 'absent') })).toBeNull();
  });

  it.runIf(process.platform === 'linux')('is in the home directory of the user, and of nobody else', () => {
    const home = join(folder, 'home');
    mkdirSync(home);
    expect(codeCacheDirectory({ HOME: home })).toBe(join(home, '.cache/layers'));
    const isRoot = process.getuid?.() === 0;
    // Another user owns it: `/` belongs to root.
    expect(codeCacheDirectory({ HOME: '/' })).toBe(isRoot ? '/.cache/layers' : null);
  });

  it('does nothing where a directory cannot be made', () => {
    expect(() => writeCodeCache('/proc/no/such', 'v1-', 'inspect', CODE)).not.toThrow();
  });
});
