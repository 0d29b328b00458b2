import { BLOCK_BYTES, isZeroBlock, paddedTo512 } from './block.js';
import type { TarEntry } from './entry.js';
import { EntryReader, nextHeader, type Step } from './entry-reader.js';
import { giveKernelBack, type PlainBatch, type PlainKernel, takeKernel } from './kernel/plain-kernel.js';
import { findTrailingData, refuseDataAfterNothing } from './not-a-tar.js';
import { truncatedTar } from './truncated.js';
import { type OnWarning, warnOfLoneZeroBlock, warnOfMissingEnd, warnOfMissingPadding } from './warning.js';
import { createWindow, MAX_WINDOW, type SeekableBytes, type Window } from './window.js';

/** Options of {@link walkTar}. */
export interface WalkOptions {
  /** Receives the faults that the walk tolerates. */
  readonly onWarning?: OnWarning;
  /**
   * Ignores the attributes in global PAX headers, as Go's reader does, and so Docker and podman; each such header causes
   * a warning. Default: false, which applies them, as POSIX specifies.
   */
  readonly ignoreGlobals?: boolean;
}

/**
 * Walks the entries of a seekable tar without reading their data.
 *
 * Reads small pieces at the headers, and larger ones where files are small and adjacent. Reports tolerated faults to
 * `onWarning`.
 *
 * @returns yields the entries in order, with byte fields that are valid until the next step; returns the position in
 *   bytes after the last block of the tar
 * @throws LayersError ERR_LAYERS_TAR_CHECKSUM, ERR_LAYERS_TAR_NUMBER, ERR_LAYERS_TAR_EXTENSION_TOO_LARGE,
 *   ERR_LAYERS_TAR_SPARSE or ERR_LAYERS_TAR_TRUNCATED, with the offset in bytes, where the rest cannot be read;
 *   ERR_LAYERS_NOT_A_TAR for zeros that other data follows
 *
 * @example
 * ```ts
 * const bytes = readFileSync('layer.tar');
 * const read = (target: Uint8Array, position: number) => bytes.copy(target, 0, position);
 * for (const { type, size } of walkTar({ size: bytes.length, read })) console.log(type, size);
 * ```
 *
 * @see POSIX pax, "ustar Interchange Format" and "pax Interchange Format"; GNU tar manual, "Basic Tar Format"
 */
export function* walkTar(
  source: SeekableBytes,
  options: WalkOptions = {},
): Generator<TarEntry, number, undefined> {
  const walk = new TarWalk(source, options);
  for (let entry = walk.next(); entry !== null; entry = walk.next()) yield entry;
  return walk.offset;
}

/** Options of a {@link TarWalk}. */
export interface TarWalkOptions extends WalkOptions {
  /** Whether `plainEntries` is called. Call `close` then. Default: false. */
  readonly usesKernel?: boolean;
}

/** Walks a tar as {@link walkTar} does, by steps, of which each can read many ordinary entries at once. */
export class TarWalk {
  readonly #source: SeekableBytes;
  readonly #onWarning: OnWarning;
  readonly #reader: EntryReader;
  #view: Window;
  /** Null before the first call of `plainEntries`: making one takes as long as reading a few hundred headers without. */
  #kernel: PlainKernel | null = null;
  #mayUseKernel: boolean;
  #offset = 0;
  /** The position of the first header of the last batch. */
  #batchOffset = 0;
  #zeroBlocks = 0;
  #isEmpty = true;

  constructor(source: SeekableBytes, options: TarWalkOptions = {}) {
    this.#source = source;
    this.#onWarning = options.onWarning ?? (() => undefined);
    this.#reader = new EntryReader(this.#onWarning, options.ignoreGlobals);
    this.#mayUseKernel = options.usesKernel === true;
    this.#view = createWindow(source);
  }

  /** The position in bytes of the next header; in the end, after the last block of the tar. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Reads ordinary entries up to the next one that is not, but not more than a batch has room for. Returns null if the next
   * entry is not ordinary: `next` reads any. The batch is valid until the next step.
   */
  plainEntries(): PlainBatch | null {
    if (this.#zeroBlocks > 0 || !this.#reader.isAtEntry()) return null;
    const kernel = this.#kernel ?? this.#takeKernel();
    if (kernel === null) return null;
    const view = this.#view;
    const { size } = this.#source;
    kernel.clear();
    this.#batchOffset = this.#offset;
    do {
      if (this.#offset > size || view.find(this.#offset, BLOCK_BYTES) === -1) break;
      const before = kernel.entries;
      kernel.scan(this.#offset, view.start, view.end - view.start, size);
      this.#offset = kernel.next;
      view.count(kernel.entries - before - 1);
    } while (!kernel.isOdd && !kernel.isFull);
    if (kernel.entries === 0) return null;
    this.#isEmpty = false;
    return kernel;
  }

  #takeKernel(): PlainKernel | null {
    if (!this.#mayUseKernel) return null;
    this.#mayUseKernel = false;
    this.#kernel = takeKernel();
    if (this.#kernel !== null) this.#view = createWindow(this.#source, this.#kernel.window);
    return this.#kernel;
  }

  /** Goes back before the last batch. From there on, `plainEntries` returns null. */
  undoBatch(): void {
    this.#offset = this.#batchOffset;
    this.close();
  }

  /** Ends the use of `plainEntries`. */
  close(): void {
    if (this.#kernel !== null) giveKernelBack(this.#kernel);
    this.#kernel = null;
    this.#mayUseKernel = false;
  }

  /**
   * Returns the next entry, with byte fields that are valid until the next step; null at the end.
   *
   * @throws LayersError as `walkTar` does
   */
  next(): TarEntry | null {
    const source = this.#source;
    const view = this.#view;
    const reader = this.#reader;
    for (;;) {
      if (this.#offset > source.size) {
        this.#offset = source.size;
        warnOfMissingPadding(this.#offset, this.#onWarning);
      }
      const offset = this.#offset;
      const at = view.find(offset, BLOCK_BYTES);
      if (at === -1) {
        if (offset < source.size) throw truncatedTar(offset, 'header', source.size);
        warnOfMissingEnd(offset, this.#onWarning);
        break;
      }
      if (view.bytes[at] === 0 && isZeroBlock(view.bytes, at)) {
        this.#offset += BLOCK_BYTES;
        this.#zeroBlocks++;
        if (this.#zeroBlocks === 2) break;
        continue;
      }
      if (this.#zeroBlocks === 1) {
        warnOfLoneZeroBlock(offset, this.#onWarning);
        this.#zeroBlocks = 0;
      }
      this.#isEmpty = false;
      let step: Step = reader.block(view.bytes, at, offset);
      this.#offset += BLOCK_BYTES;
      while (step.want === 'continuation') {
        const next = view.find(this.#offset, BLOCK_BYTES);
        if (next === -1) throw truncatedTar(this.#offset, 'sparse map', source.size);
        step = reader.continuation(view.bytes, next, this.#offset);
        this.#offset += BLOCK_BYTES;
      }
      if (step.want === 'extension') {
        reader.extension(bodyAt(source, view, this.#offset, step.bytes));
        this.#offset += paddedTo512(step.bytes);
        continue;
      }
      const { entry } = step;
      if (entry.dataOffset + entry.storedSize > source.size)
        throw truncatedTar(entry.dataOffset, 'file', source.size);
      this.#offset = nextHeader(entry);
      return entry;
    }
    if (this.#isEmpty) refuseDataAfterNothing(source, this.#offset);
    reader.end(this.#offset);
    if (!this.#isEmpty && this.#zeroBlocks === 2) findTrailingData(source, this.#offset, this.#onWarning);
    return null;
  }
}

function bodyAt(source: SeekableBytes, view: Window, offset: number, bytes: number): Uint8Array {
  if (offset + bytes > source.size) throw truncatedTar(offset, 'extension header', source.size);
  if (bytes <= MAX_WINDOW) {
    const at = view.find(offset, bytes);
    if (at !== -1) return view.bytes.subarray(at, at + bytes);
  } else {
    const body = new Uint8Array(bytes);
    if (source.read(body, offset) === bytes) return body;
  }
  throw truncatedTar(offset, 'extension header', source.size);
}
