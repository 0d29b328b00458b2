import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparePackages, type PackageList } from '../../../src/diff/packages/package-changes.ts';
import type { InstalledPackage, PackageSystem } from '../../../src/distro/installed-package.ts';
import { readPackages } from '../../../src/distro/read-packages.ts';
import { madeDatabase, treeOf } from '../../distro/support/databases.ts';

const pkg = (name: string, version: string, architecture: string | null = 'amd64'): InstalledPackage => ({
  name,
  version,
  architecture,
});
const list = (system: PackageSystem, ...packages: InstalledPackage[]): PackageList => [
  { system, packages, problem: null },
];
const compare = (
  a: readonly InstalledPackage[],
  b: readonly InstalledPackage[],
  system: PackageSystem = 'dpkg',
) => comparePackages(list(system, ...a), list(system, ...b));

describe('one version that replaces another', () => {
  test.each([
    ['dpkg', '1.2-1', '1.10-1', 'upgraded'],
    ['dpkg', '1.2-1', '1.2~rc1-1', 'downgraded'],
    ['dpkg', '1.2', '1.2-0', 'changed'],
    ['rpm', '1.0-1', '1.0^git-1', 'upgraded'],
    ['apk', '1.0-r0', '1.0_rc1-r0', 'downgraded'],
    ['apk', 'one', 'two', 'changed'],
  ] as const)('%s: %s, then %s, is %s', (system, versionA, versionB, change) => {
    expect(compare([pkg('p', versionA)], [pkg('p', versionB)], system)).toEqual([
      { system, name: 'p', architecture: 'amd64', change, versionA, versionB },
    ]);
  });

  test('is not a change where it is the same', () => {
    expect(compare([pkg('p', '1')], [pkg('p', '1')])).toEqual([]);
  });

  test('is a change for each architecture of a name', () => {
    const changes = compare(
      [pkg('p', '1'), pkg('p', '1', 'i386')],
      [pkg('p', '2'), pkg('p', '1', 'i386'), pkg('p', '3', null)],
    );
    expect(changes).toMatchObject([
      { architecture: null, change: 'added', versionB: '3' },
      { architecture: 'amd64', change: 'upgraded', versionA: '1', versionB: '2' },
    ]);
  });

  test('with another architecture is one change', () => {
    expect(compare([pkg('p', '1', 'all')], [pkg('p', '2')])).toEqual([
      {
        system: 'dpkg',
        name: 'p',
        architecture: 'amd64',
        architectureA: 'all',
        change: 'upgraded',
        versionA: '1',
        versionB: '2',
      },
    ]);
    expect(compare([pkg('p', '1')], [pkg('p', '1', null)])).toEqual([
      {
        system: 'dpkg',
        name: 'p',
        architecture: null,
        architectureA: 'amd64',
        change: 'changed',
        versionA: '1',
        versionB: '1',
      },
    ]);
  });
});

describe('several versions of a name at a time', () => {
  test('are added and removed separately, in the order of versions', () => {
    const changes = compare([pkg('k', '5.9'), pkg('k', '5.10')], [pkg('k', '5.10'), pkg('k', '5.11')], 'rpm');
    expect(changes).toEqual([
      { system: 'rpm', name: 'k', architecture: 'amd64', change: 'removed', versionA: '5.9' },
      { system: 'rpm', name: 'k', architecture: 'amd64', change: 'added', versionB: '5.11' },
    ]);
  });

  test('are not paired where one side has only one', () => {
    expect(
      compare([pkg('k', '1')], [pkg('k', '2'), pkg('k', '3')], 'rpm').map(({ change }) => change),
    ).toEqual(['removed', 'added', 'added']);
    expect(
      compare([pkg('k', '1')], [pkg('k', '1'), pkg('k', '3')], 'rpm').map(({ change }) => change),
    ).toEqual(['added']);
  });
});

describe('databases', () => {
  test('of one side only: all packages are added or removed', () => {
    expect(comparePackages([], list('apk', pkg('p', '1')))).toMatchObject([
      { system: 'apk', change: 'added' },
    ]);
    expect(comparePackages(list('apk', pkg('p', '1')), [])).toMatchObject([
      { system: 'apk', change: 'removed' },
    ]);
  });

  test('of several systems are compared by system, in the order of their names', () => {
    const a = [...list('rpm', pkg('p', '1')), ...list('apk', pkg('p', '2'))];
    expect(comparePackages(a, list('dpkg', pkg('p', '3')))).toMatchObject([
      { system: 'apk', change: 'removed', versionA: '2' },
      { system: 'dpkg', change: 'added', versionB: '3' },
      { system: 'rpm', change: 'removed', versionA: '1' },
    ]);
  });

  test('that are unreadable have no changes', () => {
    const unreadable: PackageList = [{ system: 'dpkg', packages: [], problem: 'it is damaged' }];
    expect(comparePackages(unreadable, list('dpkg', pkg('p', '1')))).toEqual([]);
    expect(comparePackages(list('dpkg', pkg('p', '1')), unreadable)).toEqual([]);
  });
});

describe('changes that the tools made in real databases', () => {
  const changes = async (path: string, a: string, b: string): Promise<string[]> => {
    const read = (name: string) => readPackages(treeOf({ [path]: madeDatabase(name) }));
    return comparePackages(await read(a), await read(b)).map(
      ({ name, change, versionA = '', versionB = '' }) => `${change} ${name} ${versionA}>${versionB}`,
    );
  };

  test('dpkg', async () => {
    expect(await changes('/var/lib/dpkg/status', 'dpkg-a.status', 'dpkg-b.status')).toEqual([
      'removed kettle 3.0~rc1-2>',
      'upgraded lantern 1.2-1>1:1.1-1',
    ]);
  });

  test('rpm, from one form of the database to another', async () => {
    const path = '/var/lib/rpm/Packages';
    expect(await changes(path, 'rpm-a.bdb', 'rpm-b.bdb')).toEqual([
      'added atlas >8-1',
      'removed harbor-kernel 5.1-1>',
      'added harbor-kernel >5.3-1',
      'removed kettle 2:3.0~rc1-2>',
      'upgraded lantern 1.2-1>1.10-1',
    ]);
    const [older, newer] = await Promise.all([
      readPackages(treeOf({ [path]: madeDatabase('rpm-a.bdb') })),
      readPackages(treeOf({ '/usr/lib/sysimage/rpm/rpmdb.sqlite': madeDatabase('rpm-a.sqlite') })),
    ]);
    expect(comparePackages(older, newer)).toEqual([]);
  });

  test('apk', async () => {
    const all = await changes('/lib/apk/db/installed', 'apk-a.installed', 'apk-b.installed');
    expect(all.map((line) => line.replace(/^(removed \.made-for-tests) .*/, '$1'))).toEqual([
      'removed .made-for-tests',
      'removed kettle 3.0_rc1-r2>',
      'upgraded lantern 1.2-r0>1.10-r0',
    ]);
  });
});

describe('any two lists', () => {
  const anyPackage = fc.record({
    name: fc.constantFrom('a', 'b', 'constructor', '__proto__'),
    version: fc.constantFrom('1', '1-0', '2', '1:1'),
    architecture: fc.constantFrom('amd64', 'all', null),
  });
  const anyList = fc.array(anyPackage, { maxLength: 8 });
  const mirror = {
    added: 'removed',
    removed: 'added',
    upgraded: 'downgraded',
    downgraded: 'upgraded',
    changed: 'changed',
  };
  const key = (values: readonly unknown[]): string => JSON.stringify(values);

  test('have no changes against themselves, mirrored changes in reverse, and changes that turn one into the other', () => {
    fc.assert(
      fc.property(anyList, anyList, (a, b) => {
        expect(compare(a, a)).toEqual([]);
        const [there, back] = [compare(a, b), compare(b, a)];
        const sides = (versionA = '', versionB = '') => [versionA, versionB];
        expect(
          there.map((c) => key([c.name, mirror[c.change], ...sides(c.versionB, c.versionA)])).sort(),
        ).toEqual(back.map((c) => key([c.name, c.change, ...sides(c.versionA, c.versionB)])).sort());
        const result = new Set(a.map((p) => key([p.name, p.architecture, p.version])));
        for (const { name, architecture, architectureA = architecture, versionA, versionB } of there) {
          if (versionA !== undefined) expect(result.delete(key([name, architectureA, versionA]))).toBe(true);
          if (versionB !== undefined) result.add(key([name, architecture, versionB]));
        }
        expect(result).toEqual(new Set(b.map((p) => key([p.name, p.architecture, p.version]))));
      }),
      { numRuns: runs(300, 20_000) },
    );
  });
});
