import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { command, examples, layers, spawnLayers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const demo = join(examples, 'demo.tar');
const scratch = useScratch();
const closed = join(scratch.folder, 'closed');
const hidden = join(closed, 'directory', 'app.tar');
const below = join(demo, 'below');

beforeAll(() => {
  mkdirSync(join(closed, 'directory'), { recursive: true });
  copyFileSync(demo, hidden);
  chmodSync(scratch.folder, 0o755);
  chmodSync(closed, 0);
});
afterAll(() => chmodSync(closed, 0o755));

/** Runs the command as a user who is not root, and may not search the closed directory. */
function asUser(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { status, stderr } = spawnSync(process.execPath, [command, ...args], {
    env: {
      PATH: '',
      LAYERS_STORE: '/dev/null/store',
      LAYERS_CACHE: 'off',
      HOME: '/proc/nonexistent',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  });
  return { status, stderr: String(stderr) };
}

describe('an archive in a directory that the user may not search', () => {
  it.each([
    [['inspect']],
    [['ls', '-R']],
    [['tree']],
    [['waste']],
    [['history']],
    [['verify']],
    [['list']],
    [['advise']],
    [['find']],
    [['packages']],
    [['duplicates']],
    [['secrets']],
    [['check']],
    [['dockerfile']],
    [['digest']],
    [['manifest']],
    [['load', '-i']],
    [['export', '-o', join(scratch.folder, 'root.tar')]],
    [['squash', '-o', join(scratch.folder, 'out.tar')]],
    [['repack', '-o', join(scratch.folder, 'out.tar')]],
    [['report', '-o', join(scratch.folder, 'out.html')]],
    [['diff', demo]],
    [['copy', '-q']],
  ])('is an error of reading, with layers %j', (args) => {
    const after = args[0] === 'copy' ? [join(scratch.folder, 'copy.tar')] : [];
    const { status, stderr } = asUser([...args, hidden, ...after]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining(`cannot read ${hidden}: permission denied`),
    ]);
  });

  it('is no path of append', () => {
    const { status, stderr } = asUser([
      'append',
      demo,
      '-o',
      join(scratch.folder, 'out.tar'),
      '--add',
      hidden,
    ]);
    expect([status, stderr]).toEqual([3, expect.stringContaining('permission denied')]);
  });
});

describe('a directory of the user that cannot be reached', () => {
  it.each([
    'HOME',
    'XDG_CACHE_HOME',
    'XDG_DATA_HOME',
    'XDG_CONFIG_HOME',
    'LAYERS_CACHE',
    'NODE_COMPILE_CACHE',
  ])('is no hindrance in %s', (name) => {
    for (const directory of [join(closed, 'directory'), below]) {
      const env = { LAYERS_CACHE: '', [name]: directory };
      expect([directory, asUser(['inspect', demo], env)]).toEqual([directory, { status: 0, stderr: '' }]);
      expect(asUser(['ls', demo, '/'], env)).toEqual({ status: 0, stderr: '' });
    }
  });
});

it('is missing where its path leads through a file', () => {
  const { status, stderr } = spawnLayers(['inspect', below]);
  expect([status, stderr]).toEqual([3, expect.stringContaining(below)]);
  expect(layers(['append', demo, '-o', '/dev/null', '--add', `${below}:/x`]).status).toBe(3);
});
