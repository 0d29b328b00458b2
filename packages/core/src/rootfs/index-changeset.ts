import type { EntryType, TarEntry, TarWarning } from '@layers/tar';
import { type Changeset, FINGERPRINT_BYTES, type SparseContent } from './changeset.js';
import {
  bytesColumn,
  growTogether,
  indexColumn,
  numbersColumn,
  shortsColumn,
  wordsColumn,
} from './columns.js';
import { createDirectoryTable } from './directory-table.js';
import { createFindingList, type LayerFindingCode } from './finding.js';
import { Kind } from './kind.js';
import { createQuota, DEFAULT_LIMITS, type Limits, type Usage } from './limits.js';
import { type PathProblem, splitPath } from './path.js';
import { meaningOf, WHITEOUT_PREFIX_BYTES } from './whiteout.js';

/** Takes the entries of a layer's tar in order and gives the changeset. */
export interface ChangesetIndexer {
  /** Keeps what the entry says; returns its index. Throws ERR_LAYERS_LIMIT. */
  add(entry: TarEntry): number;
  /** Keeps what tells the contents of the entry at `index` from others: `FINGERPRINT_BYTES` bytes. */
  fingerprint(index: number, value: Uint8Array): void;
  /** Forgets the entry that was added last: the layer ends within its data. */
  dropLast(): void;
  warn(warning: TarWarning): void;
  /** What the entry at `index` was taken for. */
  kindOf(index: number): number;
  finish(): Changeset;
  /** Gives back what was taken of shared limits, where the changeset is thrown away. */
  discard(): void;
}

const KINDS: Readonly<Record<EntryType, Kind>> = {
  file: Kind.file,
  link: Kind.link,
  symlink: Kind.symlink,
  char: Kind.char,
  block: Kind.block,
  directory: Kind.directory,
  fifo: Kind.fifo,
  unknown: Kind.ignored,
};

const PROBLEMS: Readonly<Record<PathProblem, { code: LayerFindingCode; message: string }>> = {
  'climbs-out': { code: 'name-climbs-out', message: 'a name that climbs out of the root by ".." is refused' },
  'too-long': { code: 'name-too-long', message: 'a name longer than any system can open is refused' },
  'has-nul': { code: 'name-has-nul', message: 'a name that holds a NUL byte is refused' },
};

/** `spent` is given where several layers share the limits. */
export function createChangesetIndexer(limits: Limits = DEFAULT_LIMITS, spent?: Usage): ChangesetIndexer {
  const purse = createQuota(limits, spent);
  const kind = bytesColumn();
  const parent = indexColumn();
  const nameStart = wordsColumn();
  const nameLength = shortsColumn();
  const mode = shortsColumn();
  const uid = numbersColumn();
  const gid = numbersColumn();
  const size = numbersColumn();
  const mtime = numbersColumn();
  const headerOffset = numbersColumn();
  const headerBytes = wordsColumn();
  const ensure = growTogether([
    kind,
    parent,
    nameStart,
    nameLength,
    mode,
    uid,
    gid,
    size,
    mtime,
    headerOffset,
    headerBytes,
  ]);
  const mtimeNanoseconds = wordsColumn();
  let hasNanoseconds = false;
  const fingerprints = bytesColumn();
  let hasFingerprints = false;
  const linkEntry = indexColumn();
  const linkStart = wordsColumn();
  const linkLength = shortsColumn();
  const ensureLinks = growTogether([linkEntry, linkStart, linkLength]);
  let links = 0;
  const xattrs = new Map<number, ReadonlyMap<string, Uint8Array>>();
  const sparse = new Map<number, SparseContent>();
  const devices = new Map<number, readonly [number, number]>();
  const findings = createFindingList();
  const directories = createDirectoryTable();
  const parts: number[] = [];
  let count = 0;
  let directoriesPaid = 0;
  let isSelfContained = true;
  let plainNames = true;

  const find = (code: LayerFindingCode, message: string, entry: TarEntry): void => {
    findings.add({ code, message, path: textOf(entry.path), offset: entry.headerOffset });
  };

  /** Decides what the entry is and, by the directory table, where it stands; sets kind, parent and name. */
  const place = (entry: TarEntry, index: number): Kind => {
    const depth = splitPath(entry.path, parts);
    if (plainNames && typeof depth === 'number' && depth > 0) plainNames = isPlain(entry.path, parts, depth);
    if (typeof depth === 'string') {
      find(PROBLEMS[depth].code, PROBLEMS[depth].message, entry);
      return Kind.ignored;
    }
    const type = KINDS[entry.type];
    if (depth === 0) {
      if (type === Kind.directory) return type;
      find('root-not-directory', `an entry of type ${entry.type} cannot be the root`, entry);
      return Kind.ignored;
    }
    for (let i = 0; i < depth - 1; i++) {
      const meaning = meaningOf(entry.path, parts[i * 2] ?? 0, parts[i * 2 + 1] ?? 0);
      if (meaning === 'entry') continue;
      if (meaning !== 'bookkeeping') find('reserved-name', 'an entry inside a marker is ignored', entry);
      return Kind.ignored;
    }
    let start = parts[depth * 2 - 2] ?? 0;
    const end = parts[depth * 2 - 1] ?? 0;
    const meaning = meaningOf(entry.path, start, end);
    if (meaning === 'bookkeeping') return Kind.ignored;
    if (meaning === 'bare') {
      find('bare-whiteout', 'a whiteout without a name is ignored; Docker refuses the layer', entry);
      return Kind.ignored;
    }
    if (meaning === 'entry' && type === Kind.ignored) {
      find('unknown-type', 'an entry of an unknown type is ignored; Docker refuses the layer', entry);
      return type;
    }
    parent.values[index] = directories.idOf(entry.path, parts, depth - 1);
    if (meaning === 'opaque') return Kind.opaque;
    if (meaning === 'whiteout') start += WHITEOUT_PREFIX_BYTES;
    nameStart.values[index] = directories.keep(entry.path, start, end);
    nameLength.values[index] = end - start;
    return meaning === 'whiteout' ? Kind.whiteout : type;
  };

  const keepLink = (entry: TarEntry, index: number): void => {
    ensureLinks(links + 1);
    const bytes = entry.linkpath.length > 0xffff ? entry.linkpath.subarray(0, 0xffff) : entry.linkpath;
    linkEntry.values[links] = index;
    linkStart.values[links] = directories.keep(bytes, 0, bytes.length);
    linkLength.values[links] = bytes.length;
    links++;
  };

  return {
    add(entry) {
      const index = count++;
      // The directories that the entry before this one brought, and this one.
      purse.take(1 + directories.count - directoriesPaid, metadataBytesOf(entry), entry.headerOffset);
      directoriesPaid = directories.count;
      ensure(count);
      const what = place(entry, index);
      if (!entry.isSelfContained) isSelfContained = false;
      kind.values[index] = what;
      mode.values[index] = entry.mode;
      uid.values[index] = entry.uid;
      gid.values[index] = entry.gid;
      size.values[index] = what === Kind.file ? entry.size : 0;
      mtime.values[index] = entry.mtime;
      headerOffset.values[index] = entry.headerOffset;
      headerBytes.values[index] = entry.dataOffset - entry.headerOffset;
      if (entry.mtimeNanoseconds !== 0) {
        hasNanoseconds = true;
        mtimeNanoseconds.ensure(count);
        mtimeNanoseconds.values[index] = entry.mtimeNanoseconds;
      }
      if (what === Kind.link || what === Kind.symlink) keepLink(entry, index);
      if (entry.xattrs !== null && what !== Kind.ignored) {
        xattrs.set(index, entry.xattrs);
      }
      if (entry.sparse !== null && what === Kind.file) {
        sparse.set(index, { sparse: entry.sparse, storedSize: entry.storedSize });
      }
      if (what === Kind.char || what === Kind.block) devices.set(index, [entry.devmajor, entry.devminor]);
      return index;
    },

    fingerprint(index, value) {
      hasFingerprints = true;
      fingerprints.ensure(count * FINGERPRINT_BYTES);
      fingerprints.values.set(value, index * FINGERPRINT_BYTES);
    },

    dropLast() {
      count--;
      if (links > 0 && linkEntry.values[links - 1] === count) links--;
      for (const map of [xattrs, sparse, devices]) map.delete(count);
    },

    warn({ code, offset, message }) {
      // The unknown type has a finding of its own, with the path.
      if (code !== 'tar-unknown-type') findings.add({ code: 'tar-oddity', path: null, offset, message });
    },

    discard: () => purse.release(),

    kindOf: (index) => kind.values[index] ?? Kind.ignored,

    finish() {
      purse.flush();
      if (hasNanoseconds) mtimeNanoseconds.ensure(count);
      if (hasFingerprints) fingerprints.ensure(count * FINGERPRINT_BYTES);
      return {
        count,
        kind: kind.trimmed(count),
        parent: parent.trimmed(count),
        nameStart: nameStart.trimmed(count),
        nameLength: nameLength.trimmed(count),
        mode: mode.trimmed(count),
        uid: uid.trimmed(count),
        gid: gid.trimmed(count),
        size: size.trimmed(count),
        mtime: mtime.trimmed(count),
        mtimeNanoseconds: hasNanoseconds ? mtimeNanoseconds.trimmed(count) : null,
        headerOffset: headerOffset.trimmed(count),
        headerBytes: headerBytes.trimmed(count),
        linkEntry: linkEntry.trimmed(links),
        linkStart: linkStart.trimmed(links),
        linkLength: linkLength.trimmed(links),
        ...directories.finish(),
        xattrs,
        sparse,
        devices,
        fingerprints: hasFingerprints ? fingerprints.trimmed(count * FINGERPRINT_BYTES) : null,
        isSelfContained,
        plainNames,
        findings: findings.list(),
      };
    },
  };
}

/** What keeping an object of its own takes, such as a value in a map. */
const OBJECT_BYTES = 128;
const XATTR_BYTES = 512;
const EXTENT_BYTES = 128;

/**
 * Bytes that an entry takes beside its columns. A path counts as it is written, although a directory's name is
 * kept once for all that stands in it: documents write it out for each.
 */
function metadataBytesOf({ path, linkpath, type, xattrs, sparse }: TarEntry): number {
  let bytes = path.length + linkpath.length;
  if (xattrs !== null) {
    bytes += OBJECT_BYTES;
    for (const [name, value] of xattrs) bytes += name.length + value.length + XATTR_BYTES;
  }
  if (sparse !== null) bytes += OBJECT_BYTES + EXTENT_BYTES * (sparse.extents?.length ?? 0);
  return type === 'char' || type === 'block' ? bytes + OBJECT_BYTES : bytes;
}

/** Whether a name is its parts joined by slashes, and nothing more than a slash at its end. */
function isPlain(path: Uint8Array, parts: readonly number[], depth: number): boolean {
  if (parts[0] !== 0) return false;
  for (let i = 1; i < depth; i++) if (parts[i * 2] !== (parts[i * 2 - 1] ?? 0) + 1) return false;
  return path.length - (parts[depth * 2 - 1] ?? 0) <= 1;
}

/** A name as a finding shows it: from the root, and no longer than a line. */
function textOf(path: Uint8Array): string {
  const text = Buffer.from(path.subarray(0, 256))
    .toString('utf8')
    .replace(/^(\.?\/)+/, '');
  return `/${text}${path.length > 256 ? '…' : ''}`;
}
