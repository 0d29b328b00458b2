import type { Sparse } from '@layers/tar';
import type { Finding } from '../findings/finding.js';
import { Kind } from './kind.js';

/** The entries of one layer's tar, in columns by index: compact, and cheap to move between threads. */
export interface Changeset {
  /** Entries of the tar, extension headers not counted. */
  readonly count: number;
  /** The `Kind` of each entry. */
  readonly kind: Uint8Array;
  /** Index of the entry's directory in `dirParent` and the columns beside it; 0 is the root. */
  readonly parent: Int32Array;
  /** Position of the name in `names`; of a whiteout, of the name that it hides. */
  readonly nameStart: Uint32Array;
  /** Bytes of the name; 0 for the root and for opaque markers. */
  readonly nameLength: Uint16Array;
  readonly mode: Uint16Array;
  readonly uid: Float64Array;
  readonly gid: Float64Array;
  /** Bytes of a regular file; 0 for other kinds. */
  readonly size: Float64Array;
  /** Seconds since 1970. */
  readonly mtime: Float64Array;
  readonly mtimeNs: Uint32Array | null;
  /** Position of the first header block in the layer's tar; NaN where it is not known, in a layer that was not read. */
  readonly headerOffset: Float64Array;
  /** Bytes from there to the first byte of data. */
  readonly headerBytes: Uint32Array;
  /** The directories of all names: index of the parent, position and length of the name in `names`. [0] is the root. */
  readonly dirParent: Int32Array;
  readonly dirNameStart: Uint32Array;
  readonly dirNameLength: Uint16Array;
  /** The entries with a link target, ascending; position and length of the target in `names`. */
  readonly linkEntry: Int32Array;
  readonly linkStart: Uint32Array;
  readonly linkLength: Uint16Array;
  readonly names: Uint8Array;
  readonly xattrs: ReadonlyMap<number, ReadonlyMap<string, Uint8Array>>;
  readonly sparse: ReadonlyMap<number, SparseContent>;
  /** Device numbers of char and block entries, and of whiteouts that are character devices. */
  readonly devices: ReadonlyMap<number, readonly [major: number, minor: number]>;
  /**
   * The names and sizes of entries for which the columns have others: ignored entries, markers with data, and the contents
   * of hard links of AUFS.
   */
  readonly asStored: ReadonlyMap<number, StoredEntry>;
  /** A fingerprint of each content, `FINGERPRINT_BYTES` bytes an entry; null where contents were not read. */
  readonly fingerprints: Uint8Array | null;
  /** Whether the header blocks of every entry can be copied; see `TarEntry.isSelfContained`. */
  readonly isSelfContained: boolean;
  /** Whether every name is relative, without `.`, `..` and doubled slashes. */
  readonly plainNames: boolean;
  /** What its names and attributes count against `Limits.metadataBytes`. */
  readonly metadataBytes: number;
  readonly findings: readonly Finding[];
}

/** What the header of an entry contains. */
export interface StoredEntry {
  /** Position and length of the name in `names`, as it is in the tar. */
  readonly nameStart: number;
  readonly nameLength: number;
  readonly size: number;
  readonly isDirectory: boolean;
}

export interface SparseContent {
  readonly sparse: Sparse;
  readonly storedSize: number;
}

export const FINGERPRINT_BYTES = 16;

/** Returns the bytes of the entry's data in the tar: without the holes of a sparse file. */
export function storedSizeOf(changeset: Changeset, entry: number): number {
  return changeset.sparse.get(entry)?.storedSize ?? changeset.size[entry] ?? 0;
}

/** Returns the position of the entry's data in the layer's tar. */
export function dataOffsetOf(changeset: Changeset, entry: number): number {
  return (changeset.headerOffset[entry] ?? 0) + (changeset.headerBytes[entry] ?? 0);
}

/** Returns the position of the entry's header as a field of a place; none where it is not known. */
export function offsetField({ headerOffset }: Changeset, entry: number): { readonly offset?: number } {
  const offset = headerOffset[entry] ?? 0;
  return Number.isNaN(offset) ? {} : { offset };
}

/** Returns the exact bytes of the target of a symlink or hard link; none where there is no target. */
export function linkTargetOf(changeset: Changeset, entry: number): Uint8Array {
  const { linkEntry, linkStart, linkLength, names } = changeset;
  let low = 0;
  let high = linkEntry.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const candidate = linkEntry[middle] ?? 0;
    if (candidate === entry) {
      const start = linkStart[middle] ?? 0;
      return names.subarray(start, start + (linkLength[middle] ?? 0));
    }
    if (candidate < entry) low = middle + 1;
    else high = middle - 1;
  }
  return names.subarray(0, 0);
}

/** Returns the path of an entry, with a leading slash; of a whiteout, the path that it hides. */
export function pathOf(changeset: Changeset, entry: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const { names, nameStart, nameLength } = changeset;
  const start = nameStart[entry] ?? 0;
  const length = nameLength[entry] ?? 0;
  if (length > 0) parts.push(names.subarray(start, start + length));
  let dir = changeset.parent[entry] ?? 0;
  while (dir > 0) {
    const dirStart = changeset.dirNameStart[dir] ?? 0;
    parts.push(names.subarray(dirStart, dirStart + (changeset.dirNameLength[dir] ?? 0)));
    dir = changeset.dirParent[dir] ?? 0;
  }
  return joinReversed(parts);
}

const SLASH = Buffer.from('/');

/** Returns the path of parts that are given last one first, with a leading slash. */
export function joinReversed(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 0) return SLASH;
  const pieces: Uint8Array[] = [];
  for (let i = parts.length - 1; i >= 0; i--) pieces.push(SLASH, parts[i] ?? SLASH);
  return Buffer.concat(pieces);
}

/** Returns the bytes of all regular files in the layer. */
export function contentBytesOf(changeset: Changeset): number {
  let bytes = 0;
  for (let i = 0; i < changeset.count; i++) {
    if (changeset.kind[i] === Kind.file) bytes += changeset.size[i] ?? 0;
  }
  return bytes;
}

/** Returns the buffers of a changeset, to transfer them between threads instead of copying. */
export function buffersOf(changeset: Changeset): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const value of Object.values(changeset)) {
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) buffers.push(value.buffer);
  }
  return buffers;
}
