import { LayersError } from '@layers/errors';
import type { Compression } from '../../compression/sniff.js';
import type { Finding } from '../../findings/finding.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import type { LayerIndex } from '../layers/layer-index.js';
import type { LayerContents } from '../remote/layer-contents.js';

/** A file or link of an archive or layout, under its clean relative name. */
export interface ArchiveFile {
  readonly name: string;
  readonly type: 'file' | 'link';
  /** Bytes of a file; 0 for a link. */
  readonly size: number;
  /** The clean name of a link's target; null for a file, and for a target outside the archive. */
  readonly target: string | null;
}

/** The bytes of a layer: a source, or the index of a streamed layer, and the contents of one on a server. */
export type LayerBytes =
  | { readonly from: 'source'; readonly source: SyncByteSource }
  | {
      readonly from: 'stream';
      readonly index: LayerIndex;
      readonly contents?: LayerContents;
      /** Whether an earlier run read the layer, and computed the digests in its index. */
      readonly isKept?: boolean;
    };

/** Reads the files of an archive or layout. */
export interface ArchiveReader {
  readonly medium: 'archive' | 'directory' | 'registry';
  /** Whether files can be read more than once. False for a stream. */
  readonly seekable: boolean;
  readonly compression: Compression | null;
  /** Bytes of the archive as stored; null for a directory and a registry, and where they are not counted. */
  readonly bytes: number | null;
  /**
   * Returns the file of that name, or the one that its links lead to. Throws ERR_LAYERS_ARCHIVE_LINK for links that
   * form a cycle or leave the archive.
   */
  find(name: string): ArchiveFile | null;
  /** Returns every name, in the order of the archive. */
  names(): Iterable<string>;
  /** Returns the bytes of a small document. Throws ERR_LAYERS_JSON where it is too large to be one. */
  read(file: ArchiveFile): Uint8Array;
  /** Returns a layer's bytes; null for a file of a stream that is not a layer. */
  layer(file: ArchiveFile): LayerBytes | null;
  /** Returns how many files of the archive have that name. The last one counts. */
  occurrence(name: string): number;
  /** Oddities of the archive itself. */
  readonly findings: readonly Finding[];
}

/** The largest document in bytes; containerd has the same limit. */
export const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024;

/** The most files of an archive. A docker-archive has three a layer. */
export const MAX_FILES = 200_000;

/** Returns a name without `./`, doubled slashes and inner `..`, or null where it leaves the archive by `..`. */
export function cleanName(name: string): string | null {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else parts.push(part);
  }
  return parts.join('/');
}

/** Returns the clean name of a symlink's target, relative to the symlink's directory or to the archive's root. */
export function linkTarget(name: string, target: string): string | null {
  if (target.startsWith('/')) return cleanName(target);
  const directory = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
  return cleanName(`${directory}/${target}`);
}

const MAX_HOPS = 16;

/** Returns the file of that name, with links followed, or null. Throws ERR_LAYERS_ARCHIVE_LINK. */
export function followLinks(files: ReadonlyMap<string, ArchiveFile>, name: string): ArchiveFile | null {
  let current = cleanName(name);
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const file = current === null ? undefined : files.get(current);
    if (file === undefined) return null;
    if (file.type === 'file') return file;
    if (file.target === null) {
      throw new LayersError('ERR_LAYERS_ARCHIVE_LINK', 'a link of the archive points outside the archive', {
        file: file.name,
      });
    }
    current = file.target;
  }
  throw new LayersError('ERR_LAYERS_ARCHIVE_LINK', 'the links of the archive form a cycle', { file: name });
}
