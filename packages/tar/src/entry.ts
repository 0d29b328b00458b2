import type { Sparse } from './sparse.js';

/** The type of an entry. `unknown` is a type that no specification names. */
export type EntryType = 'file' | 'link' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo' | 'unknown';

/**
 * One entry of a tar with its PAX and GNU extensions resolved. Byte fields may be views of the reader's buffer: they
 * are valid until the walk continues or the handler returns, so copy what you keep.
 */
export interface TarEntry {
  /** Position in bytes of the entry's first block, its extension headers included. */
  readonly headerOffset: number;
  /** Position in bytes of the first stored byte. The raw headers are the bytes from `headerOffset` to here. */
  readonly dataOffset: number;
  /** Bytes of data in the tar, without padding. */
  readonly storedSize: number;
  /** Bytes of the file. Differs from `storedSize` for sparse files only. */
  readonly size: number;
  readonly type: EntryType;
  /** The type byte of the header; 0 for V7's NUL. */
  readonly typeflag: number;
  readonly path: Uint8Array;
  /** The target of a link or symlink. */
  readonly linkpath: Uint8Array;
  /** Permission bits with setuid, setgid and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since 1970, rounded down. */
  readonly mtime: number;
  /** Nanoseconds above `mtime`. */
  readonly mtimeNs: number;
  readonly devmajor: number;
  readonly devminor: number;
  /** Extended attributes by name; names are latin1 text. Null where there are none. */
  readonly xattrs: ReadonlyMap<string, Uint8Array> | null;
  /** The map of a sparse file; null for every other entry. */
  readonly sparse: Sparse | null;
  /**
   * Whether a copy of the raw headers has the same meaning at any place of any tar. False where a global header or
   * an invalid field influenced this entry, where readers disagree about its headers, and where Docker refuses them.
   */
  readonly isSelfContained: boolean;
}
