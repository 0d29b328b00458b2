import type { Sparse } from '@layers/tar';
import type { Finding } from '../findings/finding.js';
import { Kind } from './kind.js';

/** What one layer's tar holds, an entry an index, in columns: no object an entry, and cheap to move between threads. */
export interface Changeset {
  /** Members of the tar, extension headers not counted. */
  readonly count: number;
  /** A `Kind` each. */
  readonly kind: Uint8Array;
  /** Index of the directory that the entry stands in, in `dirParent` and beside it; 0 is the root. */
  readonly parent: Int32Array;
  /** The name, of a whiteout the name that it hides, as a run of `names`; none for the root and for opaque markers. */
  readonly nameStart: Uint32Array;
  readonly nameLength: Uint16Array;
  readonly mode: Uint16Array;
  readonly uid: Float64Array;
  readonly gid: Float64Array;
  /** Bytes of the file; 0 for what is no file. */
  readonly size: Float64Array;
  /** Seconds since 1970. */
  readonly mtime: Float64Array;
  readonly mtimeNanoseconds: Uint32Array | null;
  /** Position in the layer's tar of the first header block, and bytes from there to the first stored byte. */
  readonly headerOffset: Float64Array;
  readonly headerBytes: Uint32Array;
  /** The directories that names mention, each by its parent's index and a run of `names`; [0] is the root. */
  readonly dirParent: Int32Array;
  readonly dirNameStart: Uint32Array;
  readonly dirNameLength: Uint16Array;
  /** The entries that have a link target, ascending, and its bytes as a run of `names`. */
  readonly linkEntry: Int32Array;
  readonly linkStart: Uint32Array;
  readonly linkLength: Uint16Array;
  readonly names: Uint8Array;
  readonly xattrs: ReadonlyMap<number, ReadonlyMap<string, Uint8Array>>;
  readonly sparse: ReadonlyMap<number, SparseContent>;
  /** Device numbers of char and block entries. */
  readonly devices: ReadonlyMap<number, readonly [major: number, minor: number]>;
  /** 16 bytes an entry that tell contents apart, where contents were read on the way. */
  readonly fingerprints: Uint8Array | null;
  /** Whether each entry's header blocks may be copied as they stand; see `TarEntry.isSelfContained`. */
  readonly isSelfContained: boolean;
  /** Whether every name is spelled plainly: relative, without `.`, `..` and doubled slashes. */
  readonly plainNames: boolean;
  readonly findings: readonly Finding[];
}

export interface SparseContent {
  readonly sparse: Sparse;
  readonly storedSize: number;
}

export const FINGERPRINT_BYTES = 16;

/** Bytes of the entry's data as they stand in the tar. */
export function storedSizeOf(changeset: Changeset, entry: number): number {
  return changeset.sparse.get(entry)?.storedSize ?? changeset.size[entry] ?? 0;
}

/** Position of the entry's data in the layer's tar. */
export function dataOffsetOf(changeset: Changeset, entry: number): number {
  return (changeset.headerOffset[entry] ?? 0) + (changeset.headerBytes[entry] ?? 0);
}

/** The link target of a symlink or hard link as its bytes stand in the tar; empty where it has none. */
export function linkTargetOf(changeset: Changeset, entry: number): Uint8Array {
  const { linkEntry, linkStart, linkLength, names } = changeset;
  let low = 0;
  let high = linkEntry.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = linkEntry[middle] ?? 0;
    if (at === entry) {
      const start = linkStart[middle] ?? 0;
      return names.subarray(start, start + (linkLength[middle] ?? 0));
    }
    if (at < entry) low = middle + 1;
    else high = middle - 1;
  }
  return names.subarray(0, 0);
}

/** The path of an entry from the root, with a leading slash; of a whiteout the path that it hides. */
export function pathOf(changeset: Changeset, entry: number): Buffer {
  const parts: Uint8Array[] = [];
  const { names, nameStart, nameLength } = changeset;
  const start = nameStart[entry] ?? 0;
  const length = nameLength[entry] ?? 0;
  if (length > 0) parts.push(names.subarray(start, start + length));
  let dir = changeset.parent[entry] ?? 0;
  while (dir > 0) {
    const from = changeset.dirNameStart[dir] ?? 0;
    parts.push(names.subarray(from, from + (changeset.dirNameLength[dir] ?? 0)));
    dir = changeset.dirParent[dir] ?? 0;
  }
  return joinReversed(parts);
}

const SLASH = Buffer.from('/');

/** `/` and the parts, last one first, joined by `/`. */
export function joinReversed(parts: readonly Uint8Array[]): Buffer {
  if (parts.length === 0) return SLASH;
  const pieces: Uint8Array[] = [];
  for (let i = parts.length - 1; i >= 0; i--) pieces.push(SLASH, parts[i] ?? SLASH);
  return Buffer.concat(pieces);
}

/** Bytes of all regular files in the layer, each entry once. */
export function contentBytesOf(changeset: Changeset): number {
  let bytes = 0;
  for (let i = 0; i < changeset.count; i++) {
    if (changeset.kind[i] === Kind.file) bytes += changeset.size[i] ?? 0;
  }
  return bytes;
}

/** The buffers that move with a changeset from thread to thread instead of being copied. */
export function buffersOf(changeset: Changeset): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const value of Object.values(changeset)) {
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) buffers.push(value.buffer);
  }
  return buffers;
}
