import { BLOCK_BYTES, isZeroBlock, paddedTo512 } from './block.js';
import type { TarEntry } from './entry.js';
import { EntryReader, nextHeader, type Step } from './entry-reader.js';
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
  const onWarning = options.onWarning ?? (() => undefined);
  const reader = new EntryReader(onWarning, options.ignoreGlobals);
  const view = createWindow(source);
  let offset = 0;
  let zeroBlocks = 0;
  let isEmpty = true;

  for (;;) {
    if (offset > source.size) {
      offset = source.size;
      warnOfMissingPadding(offset, onWarning);
    }
    const at = view.find(offset, BLOCK_BYTES);
    if (at === -1) {
      if (offset < source.size) throw truncatedTar(offset, 'header', source.size);
      warnOfMissingEnd(offset, onWarning);
      break;
    }
    if (view.bytes[at] === 0 && isZeroBlock(view.bytes, at)) {
      offset += BLOCK_BYTES;
      zeroBlocks++;
      if (zeroBlocks === 2) break;
      continue;
    }
    if (zeroBlocks === 1) {
      warnOfLoneZeroBlock(offset, onWarning);
      zeroBlocks = 0;
    }
    isEmpty = false;
    let step: Step = reader.block(view.bytes, at, offset);
    offset += BLOCK_BYTES;
    while (step.want === 'continuation') {
      const next = view.find(offset, BLOCK_BYTES);
      if (next === -1) throw truncatedTar(offset, 'sparse map', source.size);
      step = reader.continuation(view.bytes, next, offset);
      offset += BLOCK_BYTES;
    }
    if (step.want === 'extension') {
      reader.extension(bodyAt(source, view, offset, step.bytes));
      offset += paddedTo512(step.bytes);
      continue;
    }
    const { entry } = step;
    if (entry.dataOffset + entry.storedSize > source.size)
      throw truncatedTar(entry.dataOffset, 'file', source.size);
    offset = nextHeader(entry);
    yield entry;
  }
  if (isEmpty) refuseDataAfterNothing(source, offset);
  reader.end(offset);
  if (!isEmpty && zeroBlocks === 2) findTrailingData(source, offset, onWarning);
  return offset;
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
