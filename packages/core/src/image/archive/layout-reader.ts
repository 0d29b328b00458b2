import { LayersError } from '@layers/errors';
import { computableAlgorithmOf } from '../../digest/digest.js';
import { digestSource } from '../../digest/digest-source.js';
import { createFinding, type Finding } from '../../findings/finding.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import type { Directory, Place } from '../../io/directory.js';
import { readWhole } from '../../io/stream-source.js';
import { type ArchiveFile, type ArchiveReader, cleanName } from './archive-reader.js';
import { digestOfBlobName } from './blob-names.js';
import { checkDocumentSize } from './file-archive-reader.js';

/**
 * Reads a directory: an OCI layout, or an extracted archive. Follows symlinks that stay inside it, and symlinks
 * from blobs to files with the digest of the blob. Does not follow other symlinks, such as an `index.json` elsewhere.
 * Throws ERR_LAYERS_READ where the system refuses.
 */
export function createLayoutReader(directory: Directory): ArchiveReader {
  /** The targets of links, by name, whose bytes have the digest in the name, and that lead out of the layout or are text. */
  const outside = new Map<string, Place>();
  const findings: Finding[] = [];
  const placeOf = (name: string): Place | null => {
    const known = outside.get(name);
    if (known !== undefined) return known;
    const place = directory.locate(name);
    if (place === 'cycle') throw badLink(name, 'the symlinks of the layout form a cycle');
    return place;
  };
  /** The files as they were found last. */
  const found = new Map<string, SyncByteSource>();
  const sourceOf = ({ name }: ArchiveFile): SyncByteSource => {
    const source = found.get(name);
    if (source === undefined) throw new RangeError(`${name} was not returned by this reader`);
    return source;
  };
  const findFile = (name: string): ArchiveFile | null => {
    const clean = cleanName(name);
    if (clean === null || clean === '') return null;
    const exact = findExact(clean);
    return exact ?? (digestOfBlobName(clean) === null ? null : findInDirectory(clean));
  };
  /** In a directory of `skopeo copy dir:`, blobs have the digits of their digest as names. */
  const findInDirectory = (blob: string): ArchiveFile | null => {
    const hex = blob.slice(blob.lastIndexOf('/') + 1);
    return findExact(hex) ?? findExact(`${hex}.manifest.json`);
  };
  const findExact = (clean: string): ArchiveFile | null => {
    const place = placeOf(clean);
    if (place === null) return null;
    const file = directory.file(place);
    if (!place.isInside && !outside.has(clean)) {
      if (!hasDigestInName(clean, file)) throw outsideLink(clean);
      outside.set(clean, place);
    }
    if (file === null) return null;
    const target = outside.has(clean) ? null : targetOfText(directory, clean, place, file);
    if (target === null) return fileOf(clean, file);
    if (findings.length === 0) findings.push(createFinding('archive-oddity', `${clean} ${TEXT_LINK}`));
    outside.set(clean, target.place);
    return fileOf(clean, target.file);
  };
  const fileOf = (name: string, source: SyncByteSource): ArchiveFile => {
    found.set(name, source);
    return { name, type: 'file', size: source.size, target: null };
  };
  return {
    medium: 'directory',
    seekable: true,
    compression: null,
    bytes: null,
    find: findFile,
    names: () => directory.names(),
    read(file) {
      checkDocumentSize(file);
      return readWhole(sourceOf(file));
    },
    layer: (file) => ({ from: 'source', source: sourceOf(file) }),
    occurrence: () => 1,
    findings,
  };
}

/**
 * Whether a file has the digest that the name of a blob declares. Builders such as Bazel fill layouts with links to
 * their caches. A layout cannot show the content of another file by such a link, because its author would have to know it.
 */
function hasDigestInName(name: string, file: SyncByteSource | null): boolean {
  const declared = digestOfBlobName(name);
  const algorithm = declared === null ? null : computableAlgorithmOf(declared);
  if (algorithm === null || file === null) return false;
  return digestSource(file, [algorithm])[0] === declared;
}

const TEXT_LINK =
  'is a file with the path of a blob in place of a symlink, as git writes it on Windows; other tools refuse the layout';
const MAX_PATH_BYTES = 4096;

/**
 * Returns the target of a symlink that was copied as a text file, where the target has the digest that the name of the blob
 * declares; null for any other file.
 */
function targetOfText(
  directory: Directory,
  name: string,
  place: Place,
  file: SyncByteSource,
): { readonly place: Place; readonly file: SyncByteSource } | null {
  if (file.size === 0 || file.size > MAX_PATH_BYTES || digestOfBlobName(name) === null) return null;
  const text = Buffer.from(readWhole(file)).toString('utf8');
  if (!/^[^\0\n{}"]*\/[^\0\n{}"]+$/.test(text)) return null;
  const target = directory.locateTarget(place, text);
  if (target === null) return null;
  try {
    const blob = directory.file(target);
    return blob !== null && hasDigestInName(name, blob) ? { place: target, file: blob } : null;
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
  return badLink(name, `a symlink points outside the layout: ${reason}`);
}

function badLink(name: string, message: string): LayersError {
  return new LayersError('ERR_LAYERS_ARCHIVE_LINK', message, {
    file: name,
    hint: 'copy the layout with its links resolved, for example with cp -RL',
  });
}
