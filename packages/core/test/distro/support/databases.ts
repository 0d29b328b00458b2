import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { PackageTree } from '../../../src/distro/package-tree.ts';
import { type PackageDatabase, readPackages } from '../../../src/distro/read-packages.ts';

const fixture = (name: string): URL => new URL(`../fixtures/${name}`, import.meta.url);

/** A database that was made by the real tool, see fixtures/build.sh. */
export const madeDatabase = (name: string): Buffer => gunzipSync(readFileSync(fixture(`${name}.gz`)));

/** The output of the tool for a database, line by line. */
export const toolsList = (name: string): string[] =>
  readFileSync(fixture(`${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n');

/** A tree of the files that are given, with a record of what was read of it. */
export function treeOf(files: Readonly<Record<string, Uint8Array | string>>): PackageTree & {
  readonly passes: (readonly string[])[];
} {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const passes: (readonly string[])[] = [];
  return {
    passes,
    find(path) {
      const content = contents.get(path);
      return content === undefined ? null : { size: content.length };
    },
    list: (directory) =>
      [...contents.keys()]
        .filter((path) => path.startsWith(`${directory}/`) && !path.slice(directory.length + 1).includes('/'))
        .map((path) => path.slice(directory.length + 1))
        .sort(),
    async read(paths) {
      passes.push(paths);
      return new Map(paths.map((path) => [path, contents.get(path) ?? new Uint8Array(0)]));
    },
  };
}

/** The one database of a tree. */
export async function onlyDatabase(
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<PackageDatabase> {
  const databases = await readPackages(treeOf(files));
  const [database] = databases;
  if (database === undefined || databases.length > 1) throw new Error(`${databases.length} databases`);
  return database;
}

/** Its packages as lines of name, version and architecture, sorted. */
export const linesOf = ({ packages }: Pick<PackageDatabase, 'packages'>): string[] =>
  packages.map(({ name, version, architecture }) => `${name}|${version}|${architecture ?? ''}`).sort();
