import { readApk } from './apk.js';
import { readDpkg } from './dpkg.js';
import { comparePackageNames, type InstalledPackage } from './installed-package.js';
import { type LocatedDatabase, locateDatabases } from './locate-databases.js';
import type { PackageSystem } from './package-changes.js';
import type { PackageTree } from './package-tree.js';
import { readRpm } from './rpm.js';
import { UnreadableDatabase } from './unreadable.js';

/** The installed packages of one system in one image. */
export interface PackageDatabase {
  readonly system: PackageSystem;
  /** Every file that it was read from. */
  readonly paths: readonly string[];
  /** All of them, or none where there is a problem: never a part. Sorted by name, architecture and version. */
  readonly packages: readonly InstalledPackage[];
  /** Why it cannot be read, in words; null where it was. Holds names from the image. */
  readonly problem: string | null;
}

const MEBIBYTE = 2 ** 20;

/** Bytes of all files of a database together: ten times what the largest installations have, or more. */
const MAX_BYTES: Readonly<Record<PackageSystem, number>> = {
  dpkg: 64 * MEBIBYTE,
  apk: 64 * MEBIBYTE,
  rpm: 256 * MEBIBYTE,
};

/** More files than a database of as many packages as are read would have. */
const MAX_FILES = 250_000;

/** The files that `readPackages` would read: where two trees hold the same ones, their packages are the same. */
export function databasePaths(tree: PackageTree): string[] {
  return locateDatabases(tree).flatMap(({ paths }) => paths);
}

/**
 * Reads the databases of dpkg, apk and rpm that a tree holds, in this order of their names: apk, dpkg, rpm. One that
 * is damaged, too large or of an unknown form has a problem and no packages. Rejects only where the tree's own
 * reading does.
 */
export async function readPackages(tree: PackageTree): Promise<PackageDatabase[]> {
  const databases: PackageDatabase[] = [];
  for (const database of locateDatabases(tree)) {
    // One after the other: the bytes of two are not held together.
    const refusal = refusalOf(database, tree);
    const result =
      refusal === null
        ? tryToParse(database, await tree.read(database.paths))
        : { packages: [], problem: refusal };
    databases.push({ system: database.system, paths: database.paths, ...result });
  }
  return databases;
}

function refusalOf({ system, paths }: LocatedDatabase, tree: PackageTree): string | null {
  if (paths.length > MAX_FILES) return `it has ${paths.length} files, more than ${MAX_FILES}`;
  const limit = MAX_BYTES[system];
  const bytes = paths.reduce((sum, path) => sum + (tree.find(path)?.size ?? 0), 0);
  return bytes > limit ? `it has ${bytes} bytes, more than ${limit / MEBIBYTE} MiB` : null;
}

function tryToParse(
  database: LocatedDatabase,
  files: ReadonlyMap<string, Uint8Array>,
): Pick<PackageDatabase, 'packages' | 'problem'> {
  try {
    return { packages: parse(database, files).sort(comparePackageNames), problem: null };
  } catch (error) {
    if (!(error instanceof UnreadableDatabase)) throw error;
    return { packages: [], problem: error.message };
  }
}

function parse(database: LocatedDatabase, files: ReadonlyMap<string, Uint8Array>): InstalledPackage[] {
  const bytesOf = (path: string | undefined): Uint8Array => {
    const bytes = path === undefined ? undefined : files.get(path);
    if (bytes === undefined) throw new UnreadableDatabase(`${path} was not read`);
    return bytes;
  };
  const [path, log] = database.paths;
  if (database.system === 'rpm') {
    return readRpm(database.form, bytesOf(path), log === undefined ? undefined : bytesOf(log));
  }
  if (database.system === 'apk') return readApk(bytesOf(path));
  return readDpkg(database.paths.map((each) => [each, bytesOf(each)]));
}
