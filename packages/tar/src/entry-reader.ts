import { BLOCK_BYTES, copyOf, paddedTo512, untilNul } from './block.js';
import type { TarEntry } from './entry.js';
import {
  checkExtensionSize,
  isExtension,
  TYPE_GNU_LONG_LINK,
  TYPE_GNU_LONG_NAME,
  TYPE_GNU_SPARSE,
  TYPE_PAX_GLOBAL,
} from './extension.js';
import { checkHeader, decodeHeader, type Header, typeflagOf } from './header.js';
import { type PaxRecord, parsePax } from './pax.js';
import {
  attributeKeys,
  type Extensions,
  type GnuSparse,
  mergeGlobals,
  noExtensions,
  resolveEntry,
} from './resolve.js';
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

/** The most keys that a warning names. */
const MAX_KEYS = 10;

/** The next action of the caller of an {@link EntryReader} after a header block. */
export type Step =
  /**
   * Pass `bytes` of an extension's body (without padding) to `extension`. `ofEntry` is true where its blocks belong
   * to the next entry: always, except for a global header that is not between that entry's own headers.
   */
  | { readonly want: 'extension'; readonly bytes: number; readonly ofEntry: boolean }
  /** Pass the next block to `continuation`. */
  | { readonly want: 'continuation' }
  /** The headers of an entry are complete; its stored bytes follow. */
  | { readonly want: 'data'; readonly entry: TarEntry };

/**
 * Interprets header blocks for all three ways of reading a tar. Does no IO: the caller passes each block with its
 * position, and performs the returned step.
 */
export class EntryReader {
  readonly #onWarning: OnWarning;
  /** Receives warnings that are not about the next entry. */
  readonly #onOtherWarning: OnWarning;
  readonly #ignoreGlobals: boolean;
  /** Whether the headers of the next entry caused a warning. */
  #isOdd = false;
  #globals: readonly PaxRecord[] = [];
  #extensions: Extensions = noExtensions();
  /** The extension header whose body is expected. */
  #open: { typeflag: number; offset: number } | null = null;
  /** The sparse header whose continuation is expected. */
  #sparse: { header: Header; extents: Extent[]; realSize: number } | null = null;

  constructor(onWarning: OnWarning, ignoreGlobals = false) {
    this.#onOtherWarning = onWarning;
    this.#ignoreGlobals = ignoreGlobals;
    this.#onWarning = (warning) => {
      this.#isOdd = true;
      onWarning(warning);
    };
  }

  /** Interprets the header block at index `at`; `offset` is its position in the tar. */
  block(bytes: Uint8Array, at: number, offset: number): Step {
    const size = checkHeader(bytes, at, offset);
    const typeflag = typeflagOf(bytes, at);
    if (isExtension(typeflag)) {
      checkExtensionSize(size, offset);
      this.#open = { typeflag, offset };
      const ofEntry = typeflag !== TYPE_PAX_GLOBAL || this.#extensions.start !== -1;
      return { want: 'extension', bytes: size, ofEntry };
    }
    const header = decodeHeader(bytes, at, offset, size, this.#onWarning);
    if (typeflag !== TYPE_GNU_SPARSE) return this.#complete(header, offset, offset + BLOCK_BYTES, null);
    const extents = gnuExtents(bytes, at, offset);
    const realSize = gnuRealSize(bytes, at, offset);
    if (!gnuContinues(bytes, at))
      return this.#complete(header, offset, offset + BLOCK_BYTES, { extents, realSize });
    // The caller is about to overwrite the block.
    const copied = { ...header, name: copyOf(header.name), linkname: copyOf(header.linkname) };
    this.#sparse = { header: copied, extents, realSize };
    if (this.#extensions.start === -1) this.#extensions = { ...this.#extensions, start: offset };
    return { want: 'continuation' };
  }

  /** Interprets the body of the last extension header. */
  extension(body: Uint8Array): void {
    if (this.#open === null) throw new Error('no extension header is open');
    const { typeflag, offset } = this.#open;
    this.#open = null;
    if (typeflag === TYPE_PAX_GLOBAL) {
      const records = parsePax(body, offset, this.#onWarning);
      if (this.#ignoreGlobals) this.#ignore(attributeKeys(records), offset);
      else this.#globals = mergeGlobals(this.#globals, records);
      return;
    }
    const extensions = this.#extensions;
    if (extensions.start === -1) extensions.start = offset;
    if (typeflag === TYPE_GNU_LONG_NAME) extensions.longName = this.#longNameIn(body);
    else if (typeflag === TYPE_GNU_LONG_LINK) extensions.longLink = this.#longNameIn(body);
    else extensions.pax = parsePax(body, offset, this.#onWarning);
  }

  /**
   * Warns about attributes that are not applied. The copy of an entry that contains them would bring them back. Go's
   * reader also drops the extension headers before a global one.
   */
  #ignore(keys: readonly string[], offset: number): void {
    const { start } = this.#extensions;
    if (start !== -1) {
      this.#isOdd = true;
      this.#extensions = { ...noExtensions(), start };
      this.#onOtherWarning({
        code: 'tar-global-attributes',
        offset,
        message: 'a global PAX header follows an extension header, which Docker and podman then ignore',
      });
    }
    if (keys.length === 0) {
      if (start !== -1) return;
      this.#onOtherWarning({ code: 'tar-global-header', offset, message: 'a global PAX header' });
      return;
    }
    const more = keys.length > MAX_KEYS ? ` and ${keys.length - MAX_KEYS} more attributes` : '';
    this.#onOtherWarning({
      code: 'tar-global-attributes',
      offset,
      message: `a global PAX header sets ${keys.slice(0, MAX_KEYS).join(', ')}${more} of all later entries; Docker and podman ignore it`,
    });
  }

  /** Interprets the continuation block of a sparse map at index `at`. */
  continuation(bytes: Uint8Array, at: number, offset: number): Step {
    if (this.#sparse === null) throw new Error('no sparse header is open');
    const { header, extents, realSize } = this.#sparse;
    const next = gnuContinuation(bytes, at, offset);
    for (const extent of next.extents) extents.push(extent);
    if (extents.length > MAX_EXTENTS) throw sparseError(`more than ${MAX_EXTENTS} extents`, offset);
    if (next.more) return { want: 'continuation' };
    this.#sparse = null;
    return this.#complete(header, this.#extensions.start, offset + BLOCK_BYTES, { extents, realSize });
  }

  /** Whether no header before the next one says anything of its entry. */
  isAtEntry(): boolean {
    return this.#extensions.start === -1 && this.#globals.length === 0;
  }

  /** Returns whether extension headers were read whose entry was not. */
  isPending(): boolean {
    return this.#extensions.start !== -1;
  }

  /** Reports extension headers without an entry, in a tar that ends at `offset`. */
  end(offset: number): void {
    if (this.#extensions.start === -1) return;
    this.#onWarning({
      code: 'tar-dangling-extension',
      offset: this.#extensions.start,
      message: `no entry follows an extension header; the archive ends at ${offset}`,
    });
  }

  /** Returns the name in the body of a GNU long name; null for an empty one, which Go ignores, but not every reader. */
  #longNameIn(body: Uint8Array): Uint8Array | null {
    const name = untilNul(body, 0, body.length);
    if (name.length > 0) return copyOf(name);
    this.#isOdd = true;
    return null;
  }

  #complete(header: Header, offset: number, dataOffset: number, sparse: GnuSparse | null): Step {
    const extensions = this.#extensions;
    const headerOffset = extensions.start === -1 ? offset : extensions.start;
    const position = { headerOffset, dataOffset };
    const resolved = resolveEntry(header, extensions, this.#globals, position, sparse, this.#onWarning);
    const entry = this.#isOdd ? { ...resolved, isSelfContained: false } : resolved;
    this.#isOdd = false;
    if (extensions.start !== -1) this.#extensions = noExtensions();
    return { want: 'data', entry };
  }
}

/** Returns the position in bytes of the header after an entry's data. */
export function nextHeader(entry: TarEntry): number {
  return entry.dataOffset + paddedTo512(entry.storedSize);
}
