import { fileOfBytes } from '../file-ranges.js';
import type { LanguagePackage, PackageReader, RandomAccessFile } from '../language-package.js';
import { unlessMalformed } from '../malformed-file.js';
import { readEntry, storedFile } from '../zip/zip-content.js';
import type { ZipEntry } from '../zip/zip-entries.js';
import { readJarContents } from './jar-contents.js';
import { isJarName } from './jar-file-name.js';
import { packagesOfJar } from './jar-packages.js';
import { ReadingQuota } from './reading-quota.js';

/** An empty zip archive. */
const MIN_BYTES = 22;

/** The limit of archives in each other: an application in an installer, its modules, and their libraries. */
const MAX_DEPTH = 5;

/** Finds packages in Java archives, and in the archives in these. */
export const JAR_READER: PackageReader = {
  ecosystems: ['maven'],
  wants: ({ path, size }) => size >= MIN_BYTES && isJarName(path),
  accepts: isArchive,
  read: (file) => packagesIn(file, file.path, null, 0, new ReadingQuota()),
};

/** A script that runs the archive may precede it. */
function isArchive(head: Uint8Array): boolean {
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  const isScript = head[0] === 0x23 && head[1] === 0x21;
  return isZip || isScript;
}

function packagesIn(
  file: RandomAccessFile,
  path: string,
  innerPath: string | null,
  depth: number,
  quota: ReadingQuota,
): LanguagePackage[] {
  if (!quota.takeArchive()) return [];
  const contents = unlessMalformed(() => readJarContents(file, quota), null);
  if (contents === null) return [];
  const packages = packagesOfJar(contents, path, innerPath);
  if (depth >= MAX_DEPTH) return packages;
  for (const entry of contents.archives) {
    const inner = innerPath === null ? entry.name : `${innerPath}!/${entry.name}`;
    const read = (archive: RandomAccessFile): LanguagePackage[] =>
      packagesIn(archive, entry.name, inner, depth + 1, quota);
    for (const each of unlessMalformed(() => withArchive(file, entry, quota, read), null) ?? []) {
      packages.push(each);
    }
  }
  return packages;
}

/** Calls `use` with an archive in another one. A compressed one is held in memory; null where it is too large. */
function withArchive<T>(
  file: RandomAccessFile,
  entry: ZipEntry,
  quota: ReadingQuota,
  use: (archive: RandomAccessFile) => T,
): T | null {
  const stored = storedFile(file, entry, entry.name);
  if (stored !== null) return use(stored);
  return quota.hold(entry.bytes, entry.compressedBytes, () =>
    use(fileOfBytes(entry.name, readEntry(file, entry))),
  );
}
