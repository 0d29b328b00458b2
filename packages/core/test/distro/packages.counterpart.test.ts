import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { needs, needsThat } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import type { PackageTree } from '../../src/distro/package-tree.ts';
import { readPackages } from '../../src/distro/read-packages.ts';
import { linesOf, madeDatabase, onlyDatabase } from './support/databases.ts';
import { findApk } from './support/tools.ts';

/** The files of a system, by the directory of its root. */
function systemAt(root: string): PackageTree {
  const at = (path: string): string => join(root, path);
  return {
    find: (path) =>
      existsSync(at(path)) && statSync(at(path)).isFile() ? { size: statSync(at(path)).size } : null,
    list: (path) => (existsSync(at(path)) ? readdirSync(at(path)).sort() : []),
    read: async (paths) => new Map(paths.map((path) => [path, readFileSync(at(path))])),
  };
}

const ask = (command: string, ...args: string[]): string[] =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] })
    .trimEnd()
    .split('\n')
    .sort();

const scratch = useScratch();

// Written in pieces, since linters take the whole for a template.
const DPKG_FORMAT = ['{db:Status-Status} ', '{Package}|', '{Version}|', '{Architecture}\n']
  .map((field) => `$${field}`)
  .join('');

const SYSTEMS = [
  { system: 'dpkg', args: ['-W', '-f', DPKG_FORMAT], command: 'dpkg-query' },
  { system: 'rpm', args: ['-qa', '--qf', 'installed %{NAME}|%{EVR}|%{ARCH}\n'], command: 'rpm' },
] as const;

describe('the packages of this machine', () => {
  for (const { system, command, args } of SYSTEMS)
    test(`are those that ${system} lists`, needs(system), async () => {
      const lines = ask(command, ...args).filter((line) => /^\S/.test(line) && !/ gpg-pubkey\|/.test(line));
      const present = lines.filter((line) => !/^(config-files|not-installed|half-installed) /.test(line));
      const databases = await readPackages(systemAt('/'));
      const database = databases.find((each) => each.system === system);
      expect(database?.problem ?? null).toBeNull();
      expect(linesOf(database ?? { packages: [] })).toEqual(
        present.map((line) => line.replace(/^\S+ /, '')).sort(),
      );
    });
});

describe('a database of the tests', needs('rpm'), () => {
  test.each([
    ['rpm-a.sqlite', 'sqlite', 'rpmdb.sqlite'],
    ['rpm-b.sqlite', 'sqlite', 'rpmdb.sqlite'],
    ['rpm-a.bdb', 'bdb_ro', 'Packages'],
    ['rpm-b.bdb', 'bdb_ro', 'Packages'],
    ['rpm-a.swapped.bdb', 'bdb_ro', 'Packages'],
  ])('%s holds what rpm lists', async (name, backend, file) => {
    const directory = dirname(scratch.file(madeDatabase(name), `${name}/${file}`));
    const theirs = ask(
      'rpm',
      '--dbpath',
      directory,
      '--define',
      `_db_backend ${backend}`,
      '-qa',
      '--qf',
      '%{NAME}|%{EVR}|%{ARCH}\n',
    );
    const database = await onlyDatabase({ [`/var/lib/rpm/${file}`]: madeDatabase(name) });
    expect(linesOf(database)).toEqual(
      theirs
        .filter((line) => !line.startsWith('gpg-pubkey|'))
        .map((line) => line.replace('|0:', '|'))
        .sort(),
    );
  });
});

const apk = findApk(scratch.folder);
const hasApk = needsThat(apk !== undefined, 'apk not found (it is part of Alpine)');

test('the packages of an Alpine are those that apk lists', hasApk, async () => {
  if (apk === undefined) return;
  const [command = '', ...args] = apk.command;
  const [database] = await readPackages(systemAt(apk.root));
  expect(database?.packages.map(({ name, version }) => `${name}-${version}`).sort()).toEqual(
    ask(command, ...args, '--root', apk.root, '--no-network', 'info', '-v'),
  );
});
