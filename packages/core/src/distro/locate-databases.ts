import type { PackageTree } from './package-tree.js';
import { RPM_FORMS, type RpmForm } from './rpm/read-rpm.js';

/** The files of a package database, and the form of rpm's. */
export type LocatedDatabase =
  | { readonly system: 'apk' | 'dpkg'; readonly paths: readonly string[] }
  | { readonly system: 'rpm'; readonly paths: readonly string[]; readonly form: RpmForm };

/** dpkg's records, its records that are not merged yet, and the records of images without dpkg. */
const DPKG_STATUS = '/var/lib/dpkg/status';
const DPKG_UPDATES = '/var/lib/dpkg/updates';
const DPKG_STATUS_PARTS = '/var/lib/dpkg/status.d';

/** apk uses the first that exists. */
const APK_INSTALLED = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

/** The directories of rpm on current, older and image-based distributions. */
const RPM_DIRECTORIES = ['/usr/lib/sysimage/rpm', '/var/lib/rpm', '/usr/share/rpm'];

/** Whether a file can be part of a package database. */
export function isDatabasePath(path: string): boolean {
  return (
    path === DPKG_STATUS ||
    path.startsWith(`${DPKG_STATUS_PARTS}/`) ||
    path.startsWith(`${DPKG_UPDATES}/`) ||
    APK_INSTALLED.includes(path) ||
    RPM_DIRECTORIES.some((directory) =>
      RPM_FORMS.some((form) => path === `${directory}/${form}` || path === `${directory}/${form}-wal`),
    )
  );
}

/** Finds the package databases of a tree: at most one of each system. */
export function locateDatabases(tree: PackageTree): LocatedDatabase[] {
  return [locateApk(tree), locateDpkg(tree), locateRpm(tree)].filter((located) => located !== null);
}

function locateDpkg(tree: PackageTree): LocatedDatabase | null {
  const parts = tree.list(DPKG_STATUS_PARTS).filter((name) => !name.endsWith('.md5sums'));
  const updates = tree.list(DPKG_UPDATES).filter((name) => /^[0-9]{1,10}$/.test(name));
  const paths = [
    ...parts.map((name) => `${DPKG_STATUS_PARTS}/${name}`),
    DPKG_STATUS,
    ...updates.map((name) => `${DPKG_UPDATES}/${name}`),
  ].filter((path) => tree.find(path) !== null);
  return paths.length === 0 ? null : { system: 'dpkg', paths };
}

function locateApk(tree: PackageTree): LocatedDatabase | null {
  const path = APK_INSTALLED.find((candidate) => tree.find(candidate) !== null);
  return path === undefined ? null : { system: 'apk', paths: [path] };
}

function locateRpm(tree: PackageTree): LocatedDatabase | null {
  for (const directory of RPM_DIRECTORIES) {
    for (const form of RPM_FORMS) {
      const path = `${directory}/${form}`;
      const file = tree.find(path);
      const log = `${path}-wal`;
      const hasLog = form === 'rpmdb.sqlite' && (tree.find(log)?.size ?? 0) > 0;
      // An empty file has no packages, unless all of them are in the log.
      if (file === null || (file.size === 0 && !hasLog)) continue;
      return { system: 'rpm', form, paths: hasLog ? [path, log] : [path] };
    }
  }
  return null;
}
