import { describe, expect, test } from 'vitest';
import { databasePaths, readPackages } from '../../src/distro/read-packages.ts';
import { linesOf, madeDatabase, onlyDatabase, toolsList, treeOf } from './support/databases.ts';

const STATUS = '/var/lib/dpkg/status';
const APK = '/lib/apk/db/installed';
const SYSIMAGE = '/usr/lib/sysimage/rpm';
const VAR = '/var/lib/rpm';

const deb = (name: string, version: string, more = ''): string =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: all\n${more}\n`;
const apk = (name: string, version: string): string => `C:Q1x\nP:${name}\nV:${version}\nA:noarch\n\n`;

/** rpm shows an epoch of 0 that is recorded; here it is as good as none. */
const rpmLines = (name: string): string[] =>
  toolsList(name)
    .map((line) => line.replace('|0:', '|'))
    .sort();

describe('a database that the tool wrote', () => {
  test.each(['a', 'b'])('dpkg, state %s: the packages whose files are in place', async (state) => {
    const database = await onlyDatabase({ [STATUS]: madeDatabase(`dpkg-${state}.status`) });
    const present = toolsList(`dpkg-${state}`).filter((line) => !line.endsWith('|config-files'));
    expect(database).toMatchObject({ system: 'dpkg', paths: [STATUS], problem: null });
    expect(linesOf(database)).toEqual(present.map((line) => line.replace(/\|[a-z-]*$/, '')).sort());
  });

  test.each(['a', 'b'])('apk, state %s', async (state) => {
    const database = await onlyDatabase({ [APK]: madeDatabase(`apk-${state}.installed`) });
    expect(database).toMatchObject({ system: 'apk', paths: [APK], problem: null });
    expect(database.packages.map(({ name, version }) => `${name}-${version}`).sort()).toEqual(
      toolsList(`apk-${state}`),
    );
  });

  const forms = [
    { form: 'SQLite', file: 'sqlite', path: `${SYSIMAGE}/rpmdb.sqlite` },
    { form: 'ndb', file: 'ndb', path: `${SYSIMAGE}/Packages.db` },
    { form: 'Berkeley DB', file: 'bdb', path: `${VAR}/Packages` },
  ].flatMap((each) => ['a', 'b'].map((state) => ({ ...each, state })));
  test.each(forms)('rpm in the form of $form, state $state', async ({ file, path, state }) => {
    const database = await onlyDatabase({ [path]: madeDatabase(`rpm-${state}.${file}`) });
    expect(database).toMatchObject({ system: 'rpm', paths: [path], problem: null });
    expect(linesOf(database)).toEqual(rpmLines(`rpm-${state}`));
  });

  test('rpm in the form of SQLite, with changes that are only in its log', async () => {
    const path = `${VAR}/rpmdb.sqlite`;
    const file = madeDatabase('rpm-b.unmerged.sqlite');
    const log = madeDatabase('rpm-b.unmerged.sqlite-wal');
    const merged = await onlyDatabase({ [path]: file, [`${path}-wal`]: log });
    expect(merged.paths).toEqual([path, `${path}-wal`]);
    expect(linesOf(merged)).toEqual(rpmLines('rpm-b'));
    expect(linesOf(await onlyDatabase({ [path]: file }))).toEqual(rpmLines('rpm-a'));
  });
});

describe('which files are read', () => {
  test('none without a database', async () => {
    const tree = treeOf({ '/etc/passwd': '', '/var/lib/dpkg/status-old': '', '/var/lib/rpm/Basenames': '' });
    expect(await readPackages(tree)).toEqual([]);
    expect(databasePaths(tree)).toEqual([]);
    expect(tree.passes).toEqual([]);
  });

  test('all databases, with one at a time in memory', async () => {
    const tree = treeOf({
      [STATUS]: deb('a', '1'),
      [APK]: apk('b', '2'),
      [`${VAR}/Packages`]: madeDatabase('rpm-a.bdb'),
    });
    const databases = await readPackages(tree);
    expect(databases.map(({ system, packages }) => [system, packages.length])).toEqual([
      ['apk', 1],
      ['dpkg', 1],
      ['rpm', 6],
    ]);
    expect(tree.passes).toEqual(databasePaths(tree).map((path) => [path]));
  });

  test('the parts of a status without checksums, the status itself, and records that are not merged yet', async () => {
    const database = await onlyDatabase({
      '/var/lib/dpkg/status.d/base': deb('base', '1'),
      '/var/lib/dpkg/status.d/base.md5sums': 'f00 etc/base\n',
      '/var/lib/dpkg/status.d/shared': deb('shared', '1'),
      [STATUS]:
        deb('shared', '2', 'Status: install ok installed\n') + deb('old', '1', 'Status: hold ok installed\n'),
      '/var/lib/dpkg/updates/0000': deb('shared', '3', 'Status: install ok unpacked\n'),
      '/var/lib/dpkg/updates/0001': deb('old', '1', 'Status: purge ok not-installed\n'),
      '/var/lib/dpkg/updates/tmp.i': 'half a rec',
    });
    expect(database.problem).toBeNull();
    expect(linesOf(database)).toEqual(['base|1|all', 'shared|3|all']);
  });

  test("apk's old path before the new one", async () => {
    const newer = { '/usr/lib/apk/db/installed': apk('newer', '1') };
    expect(linesOf(await onlyDatabase(newer))).toEqual(['newer|1|noarch']);
    expect(linesOf(await onlyDatabase({ ...newer, [APK]: apk('older', '1') }))).toEqual(['older|1|noarch']);
  });

  test("rpm's newest form in the newest directory", async () => {
    const database = await onlyDatabase({
      [`${VAR}/rpmdb.sqlite`]: madeDatabase('rpm-a.sqlite'),
      [`${SYSIMAGE}/Packages`]: madeDatabase('rpm-a.bdb'),
      [`${SYSIMAGE}/Packages.db`]: madeDatabase('rpm-b.ndb'),
    });
    expect(database.paths).toEqual([`${SYSIMAGE}/Packages.db`]);
  });
});

test('an empty database of rpm is ignored', async () => {
  const empty = { [`${SYSIMAGE}/rpmdb.sqlite`]: '', [`${SYSIMAGE}/rpmdb.sqlite-wal`]: '' };
  expect(await readPackages(treeOf(empty))).toEqual([]);
  const database = await onlyDatabase({ ...empty, [`${VAR}/Packages`]: madeDatabase('rpm-a.bdb') });
  expect(database.paths).toEqual([`${VAR}/Packages`]);
});

describe('limits', () => {
  const sized = (path: string, size: number) => ({
    ...treeOf({}),
    find: (asked: string) => (asked === path ? { size } : null),
    read: () => Promise.reject(new Error('is not to be read')),
  });

  test.each([
    [STATUS, 64],
    [APK, 64],
    [`${VAR}/rpmdb.sqlite`, 256],
  ])('%s is not read beyond %i MiB', async (path, limit) => {
    const [database] = await readPackages(sized(path, limit * 2 ** 20 + 1));
    expect(database?.problem).toMatch(`the limit is ${limit} MiB`);
    await expect(readPackages(sized(path, limit * 2 ** 20))).rejects.toThrow('is not to be read');
  });

  test('200,000 packages with different names', async () => {
    const records = Array.from({ length: 200_000 }, (_, i) => apk(`p${i}`, '1')).join('');
    expect((await onlyDatabase({ [APK]: records })).packages).toHaveLength(200_000);
    expect(await onlyDatabase({ [APK]: records + apk('one-more', '1') })).toMatchObject({
      packages: [],
      problem: 'it lists more than 200000 packages',
    });
    const stanzas = Array.from({ length: 200_001 }, (_, i) => deb(`p${i}`, '1')).join('');
    expect((await onlyDatabase({ [STATUS]: stanzas })).problem).toBe('it lists more than 200000 packages');
  });
});
