import type { PackageTree } from './package-tree.js';
import { RPM_FORMS, type RpmForm } from './rpm.js';

/** The files of a database, and the form of one that comes in several. */
export type LocatedDatabase =
  | { readonly system: 'apk' | 'dpkg'; readonly paths: readonly string[] }
  | { readonly system: 'rpm'; readonly paths: readonly string[]; readonly form: RpmForm };

/** Where dpkg keeps its records, where it puts those that it has not yet merged, and where images without it do. */
const DPKG_STATUS = '/var/lib/dpkg/status';
const DPKG_UPDATES = '/var/lib/dpkg/updates';
const DPKG_STATUS_PARTS = '/var/lib/dpkg/status.d';

/** apk takes the first that is there. */
const APK_INSTALLED = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

/** The folder of today's distributions, of older ones, and of those that are deployed as a whole. */
const RPM_FOLDERS = ['/usr/lib/sysimage/rpm', '/var/lib/rpm', '/usr/share/rpm'];

/** Finds the databases of a tree: one of each system at most. */
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
  for (const folder of RPM_FOLDERS) {
    for (const form of RPM_FORMS) {
      const path = `${folder}/${form}`;
      const file = tree.find(path);
      const log = `${path}-wal`;
      const hasLog = form === 'rpmdb.sqlite' && (tree.find(log)?.size ?? 0) > 0;
      // An empty file holds no packages in any form, unless all of them are in the log.
      if (file === null || (file.size === 0 && !hasLog)) continue;
      return { system: 'rpm', form, paths: hasLog ? [path, log] : [path] };
    }
  }
  return null;
}
