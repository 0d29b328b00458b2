import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { LayersError } from '@layers/errors';
import { computableAlgorithmOf } from '../../digest/digest.js';
import { digestRange } from '../../digest/digest-range.js';
import { createFinding, type Finding } from '../../findings/finding.js';
import { readError } from '../../io/system-errors.js';
import { type ArchiveFile, type ArchiveReader, cleanName } from './archive-reader.js';
import { digestOfBlobName } from './blob-names.js';
import { checkDocumentSize } from './file-archive-reader.js';

/**
 * Reads a directory: an OCI layout, or an extracted archive. Follows symlinks that stay inside it, and symlinks
 * from blobs to files with the digest of the blob. Does not follow other symlinks, such as an `index.json` elsewhere.
 * Throws ERR_LAYERS_READ where the system refuses.
 */
export function createLayoutReader(path: string): ArchiveReader {
  const root = attempt(path, () => realpathSync(path));
  /** The targets of links, by name, whose bytes have the digest in the name, and that lead out of the layout or are text. */
  const outside = new Map<string, string>();
  const findings: Finding[] = [];
  const pathOf = (name: string): string => outside.get(name) ?? join(root, name);
  const findFile = (name: string): ArchiveFile | null => {
    const clean = cleanName(name);
    if (clean === null || clean === '') return null;
    const found = findExact(clean);
    return found ?? (digestOfBlobName(clean) === null ? null : findInDirectory(clean));
  };
  /** In a directory of `skopeo copy dir:`, blobs have the digits of their digest as names. */
  const findInDirectory = (blob: string): ArchiveFile | null => {
    const hex = blob.slice(blob.lastIndexOf('/') + 1);
    return findExact(hex) ?? findExact(`${hex}.manifest.json`);
  };
  const findExact = (clean: string): ArchiveFile | null => {
    const real = outside.get(clean) ?? realPathOf(root, join(root, clean));
    if (real === null) return null;
    if (!isInside(root, real) && !outside.has(clean)) {
      if (!hasDigestInName(clean, real)) throw outsideLink(clean);
      outside.set(clean, real);
    }
    const stat = attempt(real, () => lstatSync(real));
    if (!stat.isFile()) return null;
    const target = outside.has(clean) ? null : targetOfText(clean, real, stat.size);
    if (target === null) return { name: clean, type: 'file', size: stat.size, target: null };
    if (findings.length === 0) findings.push(createFinding('archive-oddity', `${clean} ${TEXT_LINK}`));
    outside.set(clean, target);
    return { name: clean, type: 'file', size: attempt(target, () => lstatSync(target).size), target: null };
  };
  return {
    medium: 'directory',
    seekable: true,
    compression: null,
    bytes: null,
    find: findFile,
    names: () => listFiles(root),
    read(file) {
      checkDocumentSize(file);
      return attempt(file.name, () => readFileSync(pathOf(file.name)));
    },
    layer: (file) => ({
      from: 'range',
      range: { path: pathOf(file.name), offset: 0, length: file.size },
    }),
    occurrence: () => 1,
    findings,
  };
}

/** The codes for a missing file, and for names that no file can have: too long ones, and those with a NUL byte. */
const NO_SUCH_FILE: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ERR_INVALID_ARG_VALUE',
]);

function realPathOf(root: string, path: string): string | null {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (NO_SUCH_FILE.has(code)) return null;
    if (code === 'ELOOP') throw badLink(root, path, 'the symlinks of the layout form a cycle');
    throw readError(path, error);
  }
  return real;
}

function isInside(root: string, real: string): boolean {
  const inside = relative(root, real);
  return inside !== '..' && !inside.startsWith(`..${sep}`);
}

/**
 * Whether a file has the digest that the name of a blob declares. Builders such as Bazel fill layouts with links to
 * their caches. A layout cannot show the content of another file by such a link, because its author would have to know it.
 */
function hasDigestInName(name: string, real: string): boolean {
  const declared = digestOfBlobName(name);
  const algorithm = declared === null ? null : computableAlgorithmOf(declared);
  const stat = attempt(real, () => lstatSync(real));
  if (algorithm === null || !stat.isFile()) return false;
  return digestRange({ path: real, offset: 0, length: stat.size }, [algorithm])[0] === declared;
}

const TEXT_LINK =
  'is a file with the path of a blob in place of a symlink, as git writes it on Windows; other tools refuse the layout';
const MAX_PATH_BYTES = 4096;

/**
 * Returns the target of a symlink that was copied as a text file, where the target has the digest that the name of the blob
 * declares; null for any other file.
 */
function targetOfText(name: string, real: string, size: number): string | null {
  if (size === 0 || size > MAX_PATH_BYTES || digestOfBlobName(name) === null) return null;
  const text = attempt(real, () => readFileSync(real, 'utf8'));
  if (!/^[^\0\n{}"]*\/[^\0\n{}"]+$/.test(text)) return null;
  try {
    const target = realpathSync(resolve(dirname(real), text));
    return hasDigestInName(name, target) ? target : null;
  } catch {
    // Not the path of a file that can be read.
    return null;
  }
}

/**
 * Returns the error for a symlink that leads out of the layout. skopeo and umoci follow such an `index.json`. Nothing
 * declares its digest, so a layout from elsewhere could name any file of this machine.
 */
function outsideLink(name: string): LayersError {
  const reason =
    digestOfBlobName(name) === null
      ? 'it is not followed, because no digest of its target is declared'
      : 'it is not followed, because its target does not have the digest in the name';
  return new LayersError('ERR_LAYERS_ARCHIVE_LINK', `a symlink points outside the layout: ${reason}`, {
    file: name,
    hint: COPY,
  });
}

const COPY = 'copy the layout with its links resolved, for example with cp -RL';

function badLink(root: string, path: string, message: string): LayersError {
  return new LayersError('ERR_LAYERS_ARCHIVE_LINK', message, {
    file: relative(root, path),
    hint: COPY,
  });
}

function* listFiles(root: string): Generator<string> {
  const directories = [''];
  for (;;) {
    const directory = directories.pop();
    if (directory === undefined) return;
    for (const item of attempt(root, () => readdirSync(join(root, directory), { withFileTypes: true }))) {
      const name = directory === '' ? item.name : `${directory}/${item.name}`;
      if (item.isDirectory()) directories.push(name);
      else yield name;
    }
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw readError(path, cause);
  }
}
