import { LayersError } from '@layers/errors';
import type { Compression } from '../../compression/sniff.js';
import type { Finding } from '../../findings/finding.js';
import type { FileRange } from '../../io/file-bytes.js';
import type { LayerIndex } from '../layers/layer-index.js';

/** A member of an archive or a file of a layout, under its clean relative name. */
export interface ArchiveFile {
  readonly name: string;
  readonly type: 'file' | 'link';
  /** Bytes of a file. */
  readonly size: number;
  /** Of a link: the clean name that it leads to, or null where it leads out. */
  readonly target: string | null;
}

/** Where a layer's bytes can be had: again at any time, or as what was learnt while they streamed by. */
export type LayerBytes =
  | { readonly from: 'range'; readonly range: FileRange }
  | { readonly from: 'stream'; readonly index: LayerIndex };

/** What images are made of, wherever they lie: the members of an archive or the files of a layout. */
export interface ArchiveReader {
  readonly medium: 'archive' | 'directory';
  /** Whether members can be read again: not where they streamed by. */
  readonly seekable: boolean;
  readonly compression: Compression | null;
  /** Bytes of the archive as it lies; null where there is no such number. */
  readonly bytes: number | null;
  /** The member itself, links followed. Throws ERR_LAYERS_ARCHIVE_LINK for links in a circle or out of the archive. */
  find(name: string): ArchiveFile | null;
  /** Every name, in the order of the archive. */
  names(): Iterable<string>;
  /** The bytes of a small document. Throws ERR_LAYERS_JSON where it is too large to be one. */
  read(member: ArchiveFile): Uint8Array;
  /** A layer's bytes; null where the member streamed by and was no layer. */
  layer(member: ArchiveFile): LayerBytes | null;
  /** How many files of the archive have that name; the last one counts. */
  occurrence(name: string): number;
  /** What is odd about the archive itself. */
  readonly findings: readonly Finding[];
}

/** Documents of more bytes than this are refused, as containerd does. */
export const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024;

/** No honest archive has more members than this: a docker-archive has three a layer. */
export const MAX_MEMBERS = 200_000;

/** The name without `./`, doubled slashes and inner `..`, or null where it climbs out. */
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

/** Where a symlink member leads, relative to its own folder; absolute targets count from the archive's root. */
export function linkTarget(name: string, target: string): string | null {
  if (target.startsWith('/')) return cleanName(target);
  const folder = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
  return cleanName(`${folder}/${target}`);
}

const MAX_HOPS = 16;

/** Follows links from `name` in `members`. Throws ERR_LAYERS_ARCHIVE_LINK. */
export function follow(members: ReadonlyMap<string, ArchiveFile>, name: string): ArchiveFile | null {
  let at = cleanName(name);
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const member = at === null ? undefined : members.get(at);
    if (member === undefined) return null;
    if (member.type === 'file') return member;
    if (member.target === null) {
      throw new LayersError('ERR_LAYERS_ARCHIVE_LINK', 'a link of the archive leads out of it', {
        file: member.name,
      });
    }
    at = member.target;
  }
  throw new LayersError('ERR_LAYERS_ARCHIVE_LINK', 'links of the archive go in a circle', { file: name });
}
