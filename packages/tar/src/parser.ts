import { BLOCK_BYTES, isZeroBlock, paddedTo512 } from './block.js';
import type { TarEntry } from './entry.js';
import { EntryReader, type Step } from './entry-reader.js';
import { firstData, refuseData, SEARCHED_BYTES } from './not-a-tar.js';
import { truncatedTar } from './truncated.js';
import {
  type OnWarning,
  warnOfLoneZeroBlock,
  warnOfMissingEnd,
  warnOfMissingPadding,
  warnOfTrailingData,
} from './warning.js';

/** The handlers of a {@link TarParser}. Views are valid only during the call. */
export interface ParserHandlers {
  /** Receives an entry, before its data. */
  onEntry(entry: TarEntry): void;
  /** Receives the next stored bytes of the last entry. */
  onData?(bytes: Uint8Array): void;
  /**
   * Receives the raw headers of the next entry, from `headerOffset` to `dataOffset`, extension headers included. A
   * global header is omitted, unless it is between the entry's own headers.
   */
  onHeaderBytes?(bytes: Uint8Array): void;
  /** Called after the data of each entry, even if it has none. */
  onEntryEnd?(): void;
  /** Receives the faults that the parser tolerates. */
  onWarning?: OnWarning;
  /**
   * Ignores the attributes in global PAX headers, as Go's reader does, and so Docker and podman; each such header causes
   * a warning. Default: false, which applies them, as POSIX specifies.
   */
  ignoreGlobals?: boolean;
}

/** Parses a tar that is written to it in pieces. */
export interface TarParser {
  /**
   * Parses the next bytes of the tar, of any length.
   *
   * @throws LayersError as `walkTar`, where the rest cannot be read
   */
  write(chunk: Uint8Array): void;
  /**
   * Ends the tar.
   *
   * @throws LayersError ERR_LAYERS_TAR_TRUNCATED where it ends inside an entry
   */
  end(): void;
  /** Whether the end marker was read. The parser ignores all bytes after it, unless the tar is empty. */
  readonly ended: boolean;
}

/**
 * Creates a parser for a tar that arrives in pieces, such as the output of a decompressor.
 *
 * Calls `handlers` with the same entries and warnings as `walkTar`, and throws the same errors. Passes data as views of
 * the pieces, without copying. Copies a header only where a piece ends inside it.
 *
 * @example
 * ```ts
 * const parser = createTarParser({ onEntry: ({ type, size }) => console.log(type, size) });
 * for await (const chunk of process.stdin) parser.write(chunk);
 * parser.end();
 * ```
 *
 * @see POSIX pax, "ustar Interchange Format" and "pax Interchange Format"; GNU tar manual, "Basic Tar Format"
 */
export function createTarParser(handlers: ParserHandlers): TarParser {
  return new PushParser(handlers);
}

/** What the next bytes are. */
type Expected = 'block' | 'continuation' | 'extension' | 'data' | 'padding' | 'nothing';

class PushParser implements TarParser {
  readonly #handlers: ParserHandlers;
  readonly #onWarning: OnWarning;
  readonly #reader: EntryReader;
  /** The block that the pieces so far end in, and how many bytes of it are known. */
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #filled = 0;
  #position = 0;
  #expected: Expected = 'block';
  /** Bytes until the end of the data, body or padding that is expected. */
  #left = 0;
  /** Position of the data or body that is expected. */
  #dataStart = 0;
  #padding = 0;
  /** The body of an extension header, and whether it is one of the next entry's raw headers. */
  #body = new Uint8Array(0);
  #isBodyOfEntry = false;
  #isPaddingOfHeader = false;
  #zeroBlocks = 0;
  #isEmpty = true;
  /** How many bytes after the end marker are still to be searched for data. */
  #searched = SEARCHED_BYTES;

  constructor(handlers: ParserHandlers) {
    this.#handlers = handlers;
    this.#onWarning = handlers.onWarning ?? (() => undefined);
    this.#reader = new EntryReader(this.#onWarning, handlers.ignoreGlobals);
  }

  get ended(): boolean {
    return this.#expected === 'nothing';
  }

  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#expected === 'block' || this.#expected === 'continuation') at = this.#writeBlock(chunk, at);
      else if (this.#expected === 'nothing') at = this.#skip(chunk, at);
      else at = this.#writeBody(chunk, at);
    }
  }

  end(): void {
    const position = this.#position;
    switch (this.#expected) {
      case 'nothing':
        return;
      case 'block':
        if (this.#filled > 0) throw truncatedTar(position - this.#filled, 'header', position);
        break;
      case 'continuation':
        throw truncatedTar(position - this.#filled, 'sparse map', position);
      case 'extension':
        throw truncatedTar(this.#dataStart, 'extension header', position);
      case 'data':
        throw truncatedTar(this.#dataStart, 'file', position);
      case 'padding':
        warnOfMissingPadding(position, this.#onWarning);
    }
    warnOfMissingEnd(position, this.#onWarning);
    this.#reader.end(position);
  }

  /** Ignores the bytes of `chunk` from index `at` on, which follow the end marker; returns the index after them. */
  #skip(chunk: Uint8Array, at: number): number {
    if (this.#isEmpty) refuseData(chunk.subarray(at), this.#position);
    else if (this.#searched > 0) this.#search(chunk.subarray(at, at + this.#searched));
    this.#position += chunk.length - at;
    return chunk.length;
  }

  /** Warns once of data after the end marker. */
  #search(bytes: Uint8Array): void {
    const found = firstData(bytes);
    if (found !== -1) warnOfTrailingData(this.#position + found, this.#onWarning);
    this.#searched = found === -1 ? this.#searched - bytes.length : 0;
  }

  /** Uses the bytes of `chunk` from index `at` on for a block; returns the index after them. */
  #writeBlock(chunk: Uint8Array, at: number): number {
    if (this.#filled === 0 && chunk.length - at >= BLOCK_BYTES) {
      this.#position += BLOCK_BYTES;
      this.#takeBlock(chunk, at);
      return at + BLOCK_BYTES;
    }
    const count = Math.min(BLOCK_BYTES - this.#filled, chunk.length - at);
    this.#block.set(chunk.subarray(at, at + count), this.#filled);
    this.#filled += count;
    this.#position += count;
    if (this.#filled === BLOCK_BYTES) {
      this.#filled = 0;
      this.#takeBlock(this.#block, 0);
    }
    return at + count;
  }

  /** Uses the bytes of `chunk` from index `at` on for data, a body or padding; returns the index after them. */
  #writeBody(chunk: Uint8Array, at: number): number {
    const handlers = this.#handlers;
    const count = Math.min(this.#left, chunk.length - at);
    this.#left -= count;
    this.#position += count;
    if (this.#expected === 'data') {
      if (handlers.onData && count > 0) handlers.onData(chunk.subarray(at, at + count));
      if (this.#left === 0) this.#endData();
    } else if (this.#expected === 'extension') {
      this.#body.set(chunk.subarray(at, at + count), this.#body.length - this.#left - count);
      if (handlers.onHeaderBytes && this.#isBodyOfEntry && count > 0)
        handlers.onHeaderBytes(chunk.subarray(at, at + count));
      if (this.#left === 0) this.#endExtension();
    } else {
      if (this.#isPaddingOfHeader) handlers.onHeaderBytes?.(chunk.subarray(at, at + count));
      if (this.#left === 0) this.#expected = 'block';
    }
    return at + count;
  }

  /** Interprets the whole block at index `at`, which ends at the current position. */
  #takeBlock(bytes: Uint8Array, at: number): void {
    const offset = this.#position - BLOCK_BYTES;
    if (this.#expected === 'continuation') {
      const step = this.#reader.continuation(bytes, at, offset);
      this.#passOn(bytes, at);
      this.#follow(step);
      return;
    }
    if (bytes[at] === 0 && isZeroBlock(bytes, at)) {
      this.#zeroBlocks++;
      if (this.#reader.isPending()) this.#passOn(bytes, at);
      if (this.#zeroBlocks === 2) {
        this.#expected = 'nothing';
        this.#reader.end(this.#position);
      }
      return;
    }
    if (this.#zeroBlocks === 1) {
      warnOfLoneZeroBlock(offset, this.#onWarning);
      this.#zeroBlocks = 0;
    }
    this.#isEmpty = false;
    const step = this.#reader.block(bytes, at, offset);
    if (step.want !== 'extension' || step.ofEntry) this.#passOn(bytes, at);
    this.#follow(step);
  }

  #passOn(bytes: Uint8Array, at: number): void {
    this.#handlers.onHeaderBytes?.(bytes.subarray(at, at + BLOCK_BYTES));
  }

  #follow(step: Step): void {
    if (step.want === 'continuation') {
      this.#expected = 'continuation';
    } else if (step.want === 'extension') {
      this.#body = new Uint8Array(step.bytes);
      this.#isBodyOfEntry = step.ofEntry;
      this.#expect('extension', step.bytes, this.#position);
      if (this.#left === 0) this.#endExtension();
    } else {
      const { entry } = step;
      this.#expect('data', entry.storedSize, entry.dataOffset);
      this.#handlers.onEntry(entry);
      if (this.#left === 0) this.#endData();
    }
  }

  #expect(expected: 'extension' | 'data', bytes: number, start: number): void {
    this.#expected = expected;
    this.#left = bytes;
    this.#dataStart = start;
    this.#padding = paddedTo512(bytes) - bytes;
  }

  #endExtension(): void {
    this.#reader.extension(this.#body);
    this.#expectPadding(this.#isBodyOfEntry);
  }

  #endData(): void {
    this.#handlers.onEntryEnd?.();
    this.#expectPadding(false);
  }

  #expectPadding(isOfHeader: boolean): void {
    this.#left = this.#padding;
    this.#isPaddingOfHeader = isOfHeader;
    this.#expected = this.#left === 0 ? 'block' : 'padding';
  }
}
