import { BLOCK_BYTES, copyOf, paddedTo512, untilNul } from './block.js';
import type { TarEntry } from './entry.js';
import { checkHeader, decodeHeader, type Header, typeflagOf } from './header.js';
import {
  checkExtensionSize,
  isExtension,
  TYPE_GNU_LONG_LINK,
  TYPE_GNU_LONG_NAME,
  TYPE_GNU_SPARSE,
  TYPE_PAX_GLOBAL,
} from './limits.js';
import { type PaxRecord, parsePax } from './pax.js';
import { type Extensions, type GnuSparse, mergeGlobals, noExtensions, resolveEntry } from './resolve.js';
import {
  type Extent,
  gnuContinuation,
  gnuContinues,
  gnuExtents,
  gnuRealSize,
  MAX_EXTENTS,
  sparseError,
} from './sparse.js';
import type { OnWarning } from './warning.js';

/** What a reader is to do after a header block. */
export type Step =
  /**
   * Bring `bytes` of an extension's body (without padding) to `extension`. `ofMember` says whether its blocks
   * belong to the member to come, as those of a global header do only between that member's own headers.
   */
  | { readonly want: 'extension'; readonly bytes: number; readonly ofMember: boolean }
  /** Bring the next block to `continuation`. */
  | { readonly want: 'continuation' }
  /** A member is complete; its stored bytes follow. */
  | { readonly want: 'data'; readonly entry: TarEntry };

/**
 * The part that walking and pushing share: which header means what. It does no IO; its owner brings each block
 * with its position and does what the returned step says.
 */
export interface MemberReader {
  block(bytes: Uint8Array, at: number, offset: number): Step;
  extension(body: Uint8Array): void;
  continuation(bytes: Uint8Array, at: number, offset: number): Step;
  /** Whether extension headers have passed whose member is still to come. */
  pending(): boolean;
  /** Says what is wrong with the tar ending here. */
  end(offset: number): void;
}

export function createMemberReader(warn: OnWarning): MemberReader {
  /** Whether there was something odd about the headers of the member to come. */
  let isOdd = false;
  const onWarning: OnWarning = (warning) => {
    isOdd = true;
    warn(warning);
  };
  let globals: readonly PaxRecord[] = [];
  let extensions: Extensions = noExtensions();
  let bodyOf: { typeflag: number; offset: number } | null = null;
  let sparseOf: { header: Header; extents: Extent[]; realSize: number } | null = null;

  const complete = (header: Header, offset: number, dataOffset: number, sparse: GnuSparse | null): Step => {
    const headerOffset = extensions.start === -1 ? offset : extensions.start;
    const resolved = resolveEntry(
      header,
      extensions,
      globals,
      { headerOffset, dataOffset },
      sparse,
      onWarning,
    );
    const entry = isOdd ? { ...resolved, isSelfContained: false } : resolved;
    isOdd = false;
    if (extensions.start !== -1) extensions = noExtensions();
    return { want: 'data', entry };
  };

  return {
    block(bytes, at, offset) {
      const size = checkHeader(bytes, at, offset);
      const typeflag = typeflagOf(bytes, at);
      if (isExtension(typeflag)) {
        checkExtensionSize(size, offset);
        bodyOf = { typeflag, offset };
        const ofMember = typeflag !== TYPE_PAX_GLOBAL || extensions.start !== -1;
        return { want: 'extension', bytes: size, ofMember };
      }
      const header = decodeHeader(bytes, at, offset, size, onWarning);
      if (typeflag !== TYPE_GNU_SPARSE) return complete(header, offset, offset + BLOCK_BYTES, null);
      const extents = gnuExtents(bytes, at, offset);
      const realSize = gnuRealSize(bytes, at, offset);
      if (!gnuContinues(bytes, at))
        return complete(header, offset, offset + BLOCK_BYTES, { extents, realSize });
      // Its block is about to leave the owner's buffer: keep what is still needed.
      const kept = { ...header, name: copyOf(header.name), linkname: copyOf(header.linkname) };
      sparseOf = { header: kept, extents, realSize };
      if (extensions.start === -1) extensions = { ...extensions, start: offset };
      return { want: 'continuation' };
    },

    extension(body) {
      if (bodyOf === null) throw new Error('no extension header awaits its body');
      const { typeflag, offset } = bodyOf;
      bodyOf = null;
      if (typeflag === TYPE_PAX_GLOBAL) {
        globals = mergeGlobals(globals, parsePax(body, offset, onWarning));
        return;
      }
      if (extensions.start === -1) extensions.start = offset;
      if (typeflag === TYPE_GNU_LONG_NAME) extensions.longName = longNameIn(body);
      else if (typeflag === TYPE_GNU_LONG_LINK) extensions.longLink = longNameIn(body);
      else extensions.pax = parsePax(body, offset, onWarning);
    },

    continuation(bytes, at, offset) {
      if (sparseOf === null) throw new Error('no sparse header awaits a continuation');
      const { header, extents, realSize } = sparseOf;
      const next = gnuContinuation(bytes, at, offset);
      for (const extent of next.extents) extents.push(extent);
      if (extents.length > MAX_EXTENTS) {
        throw sparseError(`it has more than ${MAX_EXTENTS} extents`, offset);
      }
      if (next.more) return { want: 'continuation' };
      sparseOf = null;
      return complete(header, extensions.start, offset + BLOCK_BYTES, { extents, realSize });
    },

    pending() {
      return extensions.start !== -1;
    },

    end(offset) {
      if (extensions.start === -1) return;
      onWarning({
        code: 'tar-dangling-extension',
        offset: extensions.start,
        message: `an extension header speaks of a member that never comes (the tar ends at ${offset})`,
      });
    },
  };
}

/** The name in a GNU long name's body; an empty one says nothing, as for GNU tar and Go. */
function longNameIn(body: Uint8Array): Uint8Array | null {
  const name = untilNul(body, 0, body.length);
  return name.length === 0 ? null : copyOf(name);
}

/** Position of the header after a member's data. */
export function nextHeader(entry: TarEntry): number {
  return entry.dataOffset + paddedTo512(entry.storedSize);
}
