import type { TarEntry } from './entry.js';
import { checkExtents, type Extent, MAX_SPARSE_MAP_BYTES, readSparseMap, sparseError } from './sparse.js';
import { truncatedTar } from './truncated.js';

/** The fields of an entry that expanding its file requires. */
export type ExpandableEntry = Pick<TarEntry, 'size' | 'sparse' | 'storedSize' | 'dataOffset'>;

/** The largest piece of a file in bytes, of data or of zeros. */
const PIECE_BYTES = 64 * 1024;

/** The map of an entry, and how many of its stored bytes the map itself takes. */
interface SparseMap {
  readonly extents: readonly Extent[];
  readonly mapBytes: number;
}

/**
 * Yields the bytes of a sparse file, holes as zeros, in pieces that are valid until the next step. Yields the stored
 * bytes of an entry that is not sparse.
 *
 * A sparse file may be far larger than its tar: check `entry.size` first.
 *
 * @param read fills `target` from a position of the tar, in bytes, and returns the number of bytes read
 * @throws LayersError ERR_LAYERS_TAR_SPARSE for an invalid map; ERR_LAYERS_TAR_TRUNCATED where bytes are missing
 *
 * @see GNU tar manual, "Storing Sparse Files"
 */
export function* expandSparse(
  entry: ExpandableEntry,
  read: (target: Uint8Array, position: number) => number,
): Generator<Uint8Array, void, undefined> {
  const { extents, mapBytes } = readMap(entry, read);
  const piece = new Uint8Array(Math.min(PIECE_BYTES, entry.storedSize));
  let end = 0;
  let position = entry.dataOffset + mapBytes;
  for (const extent of extents) {
    yield* zeros(extent.offset - end);
    for (let left = extent.bytes; left > 0; ) {
      const target = piece.subarray(0, Math.min(left, piece.length));
      readExactly(read, target, position, entry);
      position += target.length;
      left -= target.length;
      yield target;
    }
    end = extent.offset + extent.bytes;
  }
  yield* zeros(entry.size - end);
}

function readMap(entry: ExpandableEntry, read: (target: Uint8Array, position: number) => number): SparseMap {
  const known = mapInHeaders(entry);
  if (known !== null) return known;
  const limit = Math.min(entry.storedSize, MAX_SPARSE_MAP_BYTES);
  // Doubling keeps the work of all attempts in proportion to the size of the map.
  for (let length = Math.min(4096, limit); ; length = Math.min(length * 2, limit)) {
    const head = new Uint8Array(length);
    readExactly(read, head, entry.dataOffset, entry);
    const map = mapInData(entry, head);
    if (map !== null) return map;
    if (length === limit) throw truncatedMap(entry);
  }
}

/** Returns the map of every form but PAX 1.0; null for that one. */
function mapInHeaders(entry: ExpandableEntry): SparseMap | null {
  const { sparse, size, storedSize, dataOffset } = entry;
  if (sparse === null) return { extents: [{ offset: 0, bytes: storedSize }], mapBytes: 0 };
  if (sparse.extents === null) return null;
  checkExtents(sparse.extents, size, storedSize, dataOffset);
  return { extents: sparse.extents, mapBytes: 0 };
}

/** Returns the PAX 1.0 map at the start of the stored bytes; null where `head` ends before it. */
function mapInData(entry: ExpandableEntry, head: Uint8Array): SparseMap | null {
  const map = readSparseMap(head, entry.dataOffset);
  if (map !== null) checkExtents(map.extents, entry.size, entry.storedSize - map.mapBytes, entry.dataOffset);
  return map;
}

function truncatedMap(entry: ExpandableEntry): Error {
  return sparseError('it is truncated', entry.dataOffset);
}

function readExactly(
  read: (target: Uint8Array, position: number) => number,
  target: Uint8Array,
  position: number,
  entry: ExpandableEntry,
): void {
  const bytes = read(target, position);
  if (bytes < target.length) throw truncatedTar(entry.dataOffset, 'file', position + bytes);
}

function* zeros(count: number): Generator<Uint8Array, void, undefined> {
  if (count <= 0) return;
  const piece = new Uint8Array(Math.min(count, PIECE_BYTES));
  for (let left = count; left > 0; left -= piece.length) {
    yield left >= piece.length ? piece : piece.subarray(0, left);
  }
}

/** Expands a sparse file whose stored bytes are written to it. */
export interface SparseExpander {
  /** Expands the next stored bytes, of any length. */
  write(chunk: Uint8Array): void;
  /** Ends the stored bytes and passes on the last hole. */
  end(): void;
}

/**
 * Creates an expander for a file whose stored bytes arrive in pieces, such as from `ParserHandlers.onData`.
 *
 * A small header can declare a hole of 2^50 bytes. Memory is bounded by the size of a PAX 1.0 map, at most 34 MiB.
 *
 * @param onBytes receives the bytes of the file in order, as views that are valid during the call
 * @param onHole receives the length of each hole, in bytes; without it, `onBytes` receives the zeros
 * @throws LayersError ERR_LAYERS_TAR_SPARSE for an invalid map, also from `write` and `end`; ERR_LAYERS_TAR_TRUNCATED
 *   from `end` where bytes are missing
 * @throws RangeError from `write`, for more than `entry.storedSize` bytes
 *
 * @see GNU tar manual, "Storing Sparse Files"
 */
export function createSparseExpander(
  entry: ExpandableEntry,
  onBytes: (bytes: Uint8Array) => void,
  onHole: (bytes: number) => void = (bytes) => {
    for (const zero of zeros(bytes)) onBytes(zero);
  },
): SparseExpander {
  return new PushExpander(entry, onBytes, onHole);
}

class PushExpander implements SparseExpander {
  readonly #entry: ExpandableEntry;
  readonly #onBytes: (bytes: Uint8Array) => void;
  readonly #onHole: (bytes: number) => void;
  /** Null until a PAX 1.0 map is complete. */
  #map: SparseMap | null;
  /** The start of the stored bytes, while the map is incomplete; its first `#headBytes` bytes are filled. */
  #head = new Uint8Array(0);
  #headBytes = 0;
  /** Length of the head in bytes at which parsing the map is attempted next. */
  #nextAttempt = 512;
  /** Bytes of the map that are still to be skipped. */
  #mapLeft = 0;
  #storedBytes = 0;
  /** The current extent, and how many of its bytes were passed on. */
  #extent = 0;
  #extentBytes = 0;
  /** Position in the file after the last byte that was passed on. */
  #end = 0;

  constructor(entry: ExpandableEntry, onBytes: (bytes: Uint8Array) => void, onHole: (bytes: number) => void) {
    this.#entry = entry;
    this.#onBytes = onBytes;
    this.#onHole = onHole;
    this.#map = mapInHeaders(entry);
  }

  write(chunk: Uint8Array): void {
    this.#storedBytes += chunk.length;
    if (this.#storedBytes > this.#entry.storedSize) throw tooManyBytes();
    if (this.#map === null) {
      this.#writeHead(chunk);
      return;
    }
    const skipped = Math.min(this.#mapLeft, chunk.length);
    this.#mapLeft -= skipped;
    this.#passOn(chunk.subarray(skipped), this.#map.extents);
  }

  end(): void {
    const { dataOffset, size, storedSize } = this.#entry;
    if (this.#storedBytes < storedSize)
      throw truncatedTar(dataOffset, 'file', dataOffset + this.#storedBytes);
    if (this.#map === null) throw truncatedMap(this.#entry);
    if (size > this.#end) this.#onHole(size - this.#end);
  }

  #writeHead(chunk: Uint8Array): void {
    const filled = this.#headBytes + chunk.length;
    if (filled > this.#head.length) {
      const longer = new Uint8Array(Math.max(2 * this.#head.length, filled));
      longer.set(this.#head.subarray(0, this.#headBytes));
      this.#head = longer;
    }
    this.#head.set(chunk, this.#headBytes);
    this.#headBytes = filled;
    const limit = Math.min(this.#entry.storedSize, MAX_SPARSE_MAP_BYTES);
    if (filled < Math.min(this.#nextAttempt, limit)) return;
    this.#nextAttempt = 2 * filled;
    const head = this.#head.subarray(0, filled);
    const map = mapInData(this.#entry, head);
    if (map === null) {
      if (filled >= limit) throw truncatedMap(this.#entry);
      return;
    }
    this.#map = map;
    this.#head = new Uint8Array(0);
    this.#mapLeft = Math.max(map.mapBytes - filled, 0);
    this.#passOn(head.subarray(map.mapBytes), map.extents);
  }

  #passOn(bytes: Uint8Array, extents: readonly Extent[]): void {
    let rest = bytes;
    while (rest.length > 0) {
      const extent = extents[this.#extent];
      if (extent === undefined) throw tooManyBytes();
      if (this.#extentBytes === extent.bytes) {
        this.#extent++;
        this.#extentBytes = 0;
        continue;
      }
      if (this.#extentBytes === 0 && extent.offset > this.#end) this.#onHole(extent.offset - this.#end);
      const count = Math.min(rest.length, extent.bytes - this.#extentBytes);
      this.#onBytes(rest.subarray(0, count));
      rest = rest.subarray(count);
      this.#extentBytes += count;
      this.#end = extent.offset + this.#extentBytes;
    }
  }
}

function tooManyBytes(): RangeError {
  return new RangeError('more bytes were written than the entry stores');
}
