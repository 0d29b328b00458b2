import { readApk } from './apk/read-apk.js';
import { readDpkg } from './dpkg/read-dpkg.js';
import { comparePackageNames, type InstalledPackage, type PackageSystem } from './installed-package.js';
import { type LocatedDatabase, locateDatabases } from './locate-databases.js';
import type { PackageTree } from './package-tree.js';
import { readRpm, readRpmFiles } from './rpm/read-rpm.js';
import type { RpmFile } from './rpm/rpm-files.js';
import { UnreadableDatabase } from './unreadable.js';

/** The installed packages of one system in one image. */
export interface PackageDatabase {
  readonly system: PackageSystem;
  /** All files of the database. */
  readonly paths: readonly string[];
  /** All packages, or none where there is a problem. Sorted by name, architecture and version. */
  readonly packages: readonly InstalledPackage[];
  /** Why it is unreadable, for people; null where it was read. May contain names from the image. */
  readonly problem: string | null;
}

const MEBIBYTE = 2 ** 20;

/** The limit of all files of a database together in bytes, at least ten times the largest installations. */
const MAX_BYTES: Readonly<Record<PackageSystem, number>> = {
  dpkg: 64 * MEBIBYTE,
  apk: 64 * MEBIBYTE,
  rpm: 256 * MEBIBYTE,
};

/** The limit of files, above that of packages. */
const MAX_FILES = 250_000;

/** Returns the files that `readPackages` reads. Trees in which they are equal have the same packages. */
export function databasePaths(tree: PackageTree): string[] {
  return locateDatabases(tree).flatMap(({ paths }) => paths);
}

/**
 * Reads the package databases of a tree in the order apk, dpkg, rpm. A database that is damaged, too large or of an
 * unknown form has a problem and no packages. Rejects only where reading the tree does.
 */
export async function readPackages(tree: PackageTree): Promise<PackageDatabase[]> {
  const databases: PackageDatabase[] = [];
  for (const database of locateDatabases(tree)) {
    // In turn, so that only one database is in memory.
    const excess = excessOf(database, tree);
    databases.push(
      excess === null
        ? parseDatabase(database, await tree.read(database.paths))
        : { system: database.system, paths: database.paths, packages: [], problem: excess },
    );
  }
  return databases;
}

/**
 * Calls `visit` for each regular file of the packages of rpm in a tree. A database that is damaged or too large ends it
 * early. Rejects only where reading the tree does.
 */
export async function forEachRpmFile(tree: PackageTree, visit: (file: RpmFile) => void): Promise<void> {
  const database = locateDatabases(tree).find(({ system }) => system === 'rpm');
  if (database?.system !== 'rpm' || excessOf(database, tree) !== null) return;
  const [path = '', log] = database.paths;
  const files = await tree.read(database.paths);
  try {
    const bytes = files.get(path) ?? new Uint8Array(0);
    readRpmFiles(database.form, bytes, log === undefined ? undefined : files.get(log), visit);
  } catch (error) {
    if (!(error instanceof UnreadableDatabase)) throw error;
  }
}

/** Returns which limit a database exceeds, or null. A database over a limit must not be read. */
export function excessOf({ system, paths }: LocatedDatabase, tree: Pick<PackageTree, 'find'>): string | null {
  if (paths.length > MAX_FILES) return `it has ${paths.length} files; the limit is ${MAX_FILES}`;
  const limit = MAX_BYTES[system];
  const bytes = paths.reduce((sum, path) => sum + (tree.find(path)?.size ?? 0), 0);
  return bytes > limit ? `it has ${bytes} bytes; the limit is ${limit / MEBIBYTE} MiB` : null;
}

/**
 * Reads a database of which all files are in memory.
 *
 * @param files the contents of `database.paths`
 */
export function parseDatabase(
  database: LocatedDatabase,
  files: ReadonlyMap<string, Uint8Array>,
): PackageDatabase {
  const { system, paths } = database;
  try {
    return { system, paths, packages: parse(database, files).sort(comparePackageNames), problem: null };
  } catch (error) {
    if (!(error instanceof UnreadableDatabase)) throw error;
    return { system, paths, packages: [], problem: error.message };
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
