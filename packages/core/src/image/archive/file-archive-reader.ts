import { LayersError } from '@layers/errors';
import { type TarEntry, type TarWarning, walkTar } from '@layers/tar';
import { createFinding, type Finding } from '../../findings/finding.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import { rangeSource } from '../../io/range-source.js';
import { readWhole } from '../../io/stream-source.js';
import {
  type ArchiveFile,
  type ArchiveReader,
  cleanName,
  followLinks,
  linkTarget,
  MAX_DOCUMENT_BYTES,
  MAX_FILES,
} from './archive-reader.js';

/**
 * Reads an uncompressed archive that can be read by position. Walks its headers, never its contents.
 * Throws ERR_LAYERS_READ, ERR_LAYERS_TAR_* for what is not a tar or is damaged, ERR_LAYERS_ARCHIVE_FILE and
 * ERR_LAYERS_LIMIT.
 */
export function createFileArchiveReader(archive: SyncByteSource): ArchiveReader {
  const source = archive.open();
  try {
    const table = createFileTable();
    const offsets = new Map<string, number>();
    const onWarning = (warning: TarWarning): void => {
      refuseUnsupportedWarning(warning);
      table.warn(warning);
    };
    for (const entry of walkTar(source, { onWarning })) {
      const error = unsupportedEntry(entry);
      if (error !== null) throw error;
      const file = table.add(entry);
      if (file?.type === 'file') offsets.set(file.name, entry.dataOffset);
    }
    return {
      medium: 'archive',
      seekable: true,
      compression: null,
      bytes: archive.size,
      find: (name) => followLinks(table.files, name),
      names: () => table.files.keys(),
      read(file) {
        checkDocumentSize(file);
        return readWhole(rangeSource(archive, offsets.get(file.name) ?? 0, file.size));
      },
      layer(file) {
        const offset = offsets.get(file.name);
        if (offset === undefined) return null;
        return { from: 'source', source: rangeSource(archive, offset, file.size) };
      },
      occurrence: table.occurrence,
      findings: table.findings,
    };
  } finally {
    source.close();
  }
}

/** Returns the error for an entry that tar readers disagree about and no image archive has; null for any other. */
export function unsupportedEntry(
  entry: Pick<TarEntry, 'sparse' | 'type' | 'headerOffset'>,
): LayersError | null {
  if (entry.sparse === null && entry.type !== 'unknown') return null;
  return unsupportedFile('is sparse or of an unknown type', entry.headerOffset);
}

/** Throws ERR_LAYERS_ARCHIVE_FILE for the one warning about such an entry. */
export function refuseUnsupportedWarning({ code, offset }: TarWarning): void {
  if (code === 'tar-size-on-bodiless-entry') {
    throw unsupportedFile('has data, which its type does not allow', offset);
  }
}

function unsupportedFile(reason: string, offset: number): LayersError {
  return new LayersError('ERR_LAYERS_ARCHIVE_FILE', `the file at offset ${offset} ${reason}`, {
    offset,
    hint: 'no container tool writes such an archive: it is damaged or malicious',
  });
}

/** Throws ERR_LAYERS_JSON for a file too large to be a document. */
export function checkDocumentSize(file: ArchiveFile): void {
  if (file.size <= MAX_DOCUMENT_BYTES) return;
  throw new LayersError('ERR_LAYERS_JSON', `${file.name} has ${file.size} bytes, too many for a document`, {
    file: file.name,
    hint: `a document has at most ${MAX_DOCUMENT_BYTES} bytes`,
  });
}

/** The files and links of an archive, by clean name. The last one of a name counts, as for every tar reader. */
export interface FileTable {
  readonly files: Map<string, ArchiveFile>;
  readonly findings: Finding[];
  /** Adds an entry; returns null for directories and types that images do not use. Throws ERR_LAYERS_LIMIT. */
  add(entry: Pick<TarEntry, 'path' | 'linkpath' | 'type' | 'storedSize'>): ArchiveFile | null;
  /** Returns how many files have that name. */
  occurrence(name: string): number;
  /** Adds a finding for a warning of the tar reader. */
  readonly warn: (warning: TarWarning) => void;
}

const MAX_FINDINGS = 20;

export function createFileTable(): FileTable {
  const files = new Map<string, ArchiveFile>();
  const occurrences = new Map<string, number>();
  const findings: Finding[] = [];
  const addFinding = (finding: Finding): void => {
    if (findings.length < MAX_FINDINGS) findings.push(finding);
  };
  const addFile = (file: ArchiveFile): ArchiveFile => {
    if (file.type === 'file') occurrences.set(file.name, (occurrences.get(file.name) ?? 0) + 1);
    if (files.has(file.name)) {
      addFinding(createFinding('duplicate-file', `the archive has ${file.name} twice; the last one counts`));
    }
    if (files.size >= MAX_FILES) {
      throw new LayersError('ERR_LAYERS_LIMIT', `the archive has more than ${MAX_FILES} files`, {
        hint: 'this is not an image archive; a root file system must be imported first',
      });
    }
    files.set(file.name, file);
    return file;
  };
  return {
    files,
    findings,
    add(entry) {
      const name = cleanName(Buffer.from(entry.path).toString('utf8'));
      if (name === null || name === '') return null;
      if (entry.type === 'file') return addFile({ name, type: 'file', size: entry.storedSize, target: null });
      if (entry.type !== 'symlink' && entry.type !== 'link') return null;
      const linkpath = Buffer.from(entry.linkpath).toString('utf8');
      // A hard link's target is relative to the archive's root, a symlink's to its own directory.
      const target = entry.type === 'link' ? cleanName(linkpath) : linkTarget(name, linkpath);
      return addFile({ name, type: 'link', size: 0, target });
    },
    occurrence: (name) => occurrences.get(name) ?? 1,
    warn({ code, message, offset }) {
      if (code === 'tar-trailing-data') {
        const what = 'other data follows the end of the archive, such as a second archive; it is ignored';
        addFinding(createFinding('archive-trailing-data', what, { offset }));
        return;
      }
      addFinding(createFinding('archive-oddity', message, { offset }));
    },
  };
}
