import type { TarEntry } from './entry.js';
import { checkExtents, type Extent, MAX_SPARSE_MAP_BYTES, readSparseMap, sparseError } from './sparse.js';
import { truncated } from './walk.js';

/** What must be known of a member to give its whole file. */
export type ExpandableEntry = Pick<TarEntry, 'size' | 'sparse' | 'storedSize' | 'dataOffset'>;

/** No piece of a file, of stored bytes or of zeros, is longer than this. */
const PIECE_BYTES = 64 * 1024;

/** The map of a member, and how many of its stored bytes the map itself takes. */
interface Placed {
  readonly extents: readonly Extent[];
  readonly mapBytes: number;
}

/**
 * Gives the bytes of a member's file from start to end, holes as zeros, in pieces that hold until the next step.
 * A member that is not sparse gives its stored bytes. `read` fills `target` from a position of the tar and returns
 * how many bytes it read. A sparse file may honestly be far larger than its tar: the caller decides how much of it
 * to take, as `size` tells beforehand.
 *
 * Throws ERR_LAYERS_TAR_SPARSE for a map that cannot be right, ERR_LAYERS_TAR_TRUNCATED where bytes are missing.
 */
export function* expandSparse(
  entry: ExpandableEntry,
  read: (target: Uint8Array, position: number) => number,
): Generator<Uint8Array, void, undefined> {
  const { extents, mapBytes } = placeStored(entry, read);
  const piece = new Uint8Array(Math.min(PIECE_BYTES, entry.storedSize));
  let at = 0;
  let from = entry.dataOffset + mapBytes;
  for (const extent of extents) {
    yield* zeros(extent.offset - at);
    for (let left = extent.bytes; left > 0; ) {
      const target = piece.subarray(0, Math.min(left, piece.length));
      readExactly(read, target, from, entry);
      from += target.length;
      left -= target.length;
      yield target;
    }
    at = extent.offset + extent.bytes;
  }
  yield* zeros(entry.size - at);
}

function placeStored(entry: ExpandableEntry, read: (target: Uint8Array, position: number) => number): Placed {
  const known = placeWithoutReading(entry);
  if (known !== null) return known;
  const most = Math.min(entry.storedSize, MAX_SPARSE_MAP_BYTES);
  // Each try is twice as long as the one before, so that all of them together stay in proportion to the map.
  for (let length = Math.min(4096, most); ; length = Math.min(length * 2, most)) {
    const head = new Uint8Array(length);
    readExactly(read, head, entry.dataOffset, entry);
    const placed = placeByHead(entry, head);
    if (placed !== null) return placed;
    if (length === most) throw sparseError('it is cut off', entry.dataOffset);
  }
}

/** The extents of every form but PAX 1.0; null for that one. */
function placeWithoutReading(entry: ExpandableEntry): Placed | null {
  const { sparse, size, storedSize, dataOffset } = entry;
  if (sparse === null) return { extents: [{ offset: 0, bytes: storedSize }], mapBytes: 0 };
  if (sparse.extents === null) return null;
  checkExtents(sparse.extents, size, storedSize, dataOffset);
  return { extents: sparse.extents, mapBytes: 0 };
}

function placeByHead(entry: ExpandableEntry, head: Uint8Array): Placed | null {
  const map = readSparseMap(head, entry.dataOffset);
  if (map !== null) checkExtents(map.extents, entry.size, entry.storedSize - map.mapBytes, entry.dataOffset);
  return map;
}

function readExactly(
  read: (target: Uint8Array, position: number) => number,
  target: Uint8Array,
  position: number,
  entry: ExpandableEntry,
): void {
  const bytes = read(target, position);
  if (bytes < target.length) throw truncated(entry.dataOffset, "in a member's bytes", position + bytes);
}

function* zeros(count: number): Generator<Uint8Array, void, undefined> {
  if (count <= 0) return;
  const piece = new Uint8Array(Math.min(count, PIECE_BYTES));
  for (let left = count; left > 0; left -= piece.length) {
    yield left >= piece.length ? piece : piece.subarray(0, left);
  }
}

export interface SparseExpander {
  /** Takes the next stored bytes, of any length. */
  write(chunk: Uint8Array): void;
  /** The stored bytes are over: gives the last hole. */
  end(): void;
}

/**
 * `expandSparse` for stored bytes that are pushed: `onBytes` gets the pieces of the file in order, as views that
 * hold during the call. A PAX 1.0 map is kept until it is whole, at most MAX_SPARSE_MAP_BYTES; nothing else is.
 * Given `onHole`, it hears of the bytes of each hole in place of the zeros: a few bytes can claim 2^50 of them.
 *
 * `write` and `end` throw as `expandSparse` does; a caller that writes more than `storedSize` bytes gets a RangeError.
 */
export function createSparseExpander(
  entry: ExpandableEntry,
  onBytes: (bytes: Uint8Array) => void,
  onHole: (bytes: number) => void = (bytes) => {
    for (const zero of zeros(bytes)) onBytes(zero);
  },
): SparseExpander {
  let placed = placeWithoutReading(entry);
  let head = new Uint8Array(0);
  let headFilled = 0;
  let tryAt = 512;
  let taken = 0;
  let at = 0;
  let index = 0;
  let done = 0;
  let mapLeft = 0;

  const put = (bytes: Uint8Array, extents: readonly Extent[]): void => {
    let rest = bytes;
    while (rest.length > 0) {
      const extent = extents[index];
      if (extent === undefined) throw new RangeError('more bytes were written than the member stores');
      if (done === extent.bytes) {
        index++;
        done = 0;
        continue;
      }
      if (done === 0 && extent.offset > at) onHole(extent.offset - at);
      const count = Math.min(rest.length, extent.bytes - done);
      onBytes(rest.subarray(0, count));
      rest = rest.subarray(count);
      done += count;
      at = extent.offset + done;
    }
  };

  const gather = (chunk: Uint8Array): void => {
    if (headFilled + chunk.length > head.length) {
      const longer = new Uint8Array(Math.max(2 * head.length, headFilled + chunk.length));
      longer.set(head.subarray(0, headFilled));
      head = longer;
    }
    head.set(chunk, headFilled);
    headFilled += chunk.length;
    const most = Math.min(entry.storedSize, MAX_SPARSE_MAP_BYTES);
    if (headFilled < Math.min(tryAt, most)) return;
    tryAt = 2 * headFilled;
    const kept = head.subarray(0, headFilled);
    placed = placeByHead(entry, kept);
    if (placed === null) {
      if (headFilled >= most) throw sparseError('it is cut off', entry.dataOffset);
      return;
    }
    head = new Uint8Array(0);
    mapLeft = Math.max(placed.mapBytes - kept.length, 0);
    put(kept.subarray(placed.mapBytes), placed.extents);
  };

  return {
    write(chunk) {
      taken += chunk.length;
      if (taken > entry.storedSize) throw new RangeError('more bytes were written than the member stores');
      if (placed === null) gather(chunk);
      else {
        const ofMap = Math.min(mapLeft, chunk.length);
        mapLeft -= ofMap;
        put(chunk.subarray(ofMap), placed.extents);
      }
    },
    end() {
      if (taken < entry.storedSize)
        throw truncated(entry.dataOffset, "in a member's bytes", entry.dataOffset + taken);
      if (placed === null) throw sparseError('it is cut off', entry.dataOffset);
      if (entry.size > at) onHole(entry.size - at);
    },
  };
}
