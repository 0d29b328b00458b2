import type { Sparse } from './sparse.js';

/** What a member is. `unknown` is a type that no specification names; its data is skipped. */
export type EntryType = 'file' | 'link' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo' | 'unknown';

/**
 * One member of a tar with its PAX and GNU extensions resolved. Byte fields may be views of the reader's buffer:
 * they hold until the reader goes on, so copy what is to be kept.
 */
export interface TarEntry {
  /** Position of the first block that belongs to the member, its extension headers included. */
  readonly headerOffset: number;
  /** Position of the first stored byte; the bytes from `headerOffset` to here are the raw headers. */
  readonly dataOffset: number;
  /** Bytes of data in the tar, padding not counted. */
  readonly storedSize: number;
  /** Bytes of the file: as `storedSize`, but for sparse files. */
  readonly size: number;
  readonly type: EntryType;
  readonly typeflag: number;
  readonly path: Uint8Array;
  readonly linkpath: Uint8Array;
  /** Permission bits with setuid, setgid and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, rounded down; `mtimeNanoseconds` is what is above them. */
  readonly mtime: number;
  readonly mtimeNanoseconds: number;
  readonly devmajor: number;
  readonly devminor: number;
  /** Extended attributes; names are text of one character a byte. Null where there are none. */
  readonly xattrs: ReadonlyMap<string, Uint8Array> | null;
  readonly sparse: Sparse | null;
  /**
   * Whether the raw headers mean the same wherever they stand: no global header, no size that was not believed and
   * nothing else that readers take differently had a say in what is told here.
   */
  readonly isSelfContained: boolean;
}
