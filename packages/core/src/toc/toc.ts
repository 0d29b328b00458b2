import type { Digest } from '../digest/digest.js';

/** The formats of layers that carry a table of contents (TOC), so that single files can be read from a registry. */
export type TocFormat = 'estargz' | 'zstd:chunked';

/** The table of contents of a layer: what it declares about the entries of the tar. Nothing in it is proved. */
export interface Toc {
  readonly format: TocFormat;
  readonly entries: readonly TocEntry[];
  /**
   * The TOC of eStargz itself, which is a file behind all others; null for other formats. BuildKit leaves the end marker of the
   * tar before it, so that it is no entry of the layer. See `isTocHidden`.
   */
  readonly document: TocEntry | null;
}

/** The types of entries in a TOC. */
export type TocType = 'file' | 'link' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';

/** One entry of the tar, as a TOC declares it. */
export interface TocEntry {
  readonly type: TocType;
  /** As in the header of the tar. */
  readonly name: Uint8Array;
  readonly linkName: Uint8Array;
  /** Bytes of a file; 0 for other types. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since 1970. eStargz rounds to the nearest, tar readers round down. */
  readonly mtime: number;
  readonly mtimeNs: number;
  readonly devMajor: number;
  readonly devMinor: number;
  readonly xattrs: ReadonlyMap<string, Uint8Array> | null;
  /** The digest of the whole content; null where none is declared. */
  readonly digest: Digest | null;
  /** The pieces of the content in order, without gaps; none for an empty file. */
  readonly chunks: readonly TocChunk[];
}

/** A piece of a content, which is decompressed and checked as a whole. */
export interface TocChunk {
  /** Position in the content. */
  readonly at: number;
  readonly size: number;
  readonly digest: Digest | null;
  /** Where the gzip members or zstd frames are that contain it; null for zeros, which need no bytes. */
  readonly stored: StoredChunk | null;
}

/** A part of the blob that is decompressed from its start. */
export interface StoredChunk {
  /** Position in the blob of the first byte. */
  readonly start: number;
  /** Position after the last byte that can be needed. */
  readonly end: number;
  /** How many uncompressed bytes come before the chunk. */
  readonly inner: number;
}
