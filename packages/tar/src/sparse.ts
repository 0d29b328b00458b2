import { LayersError } from '@layers/errors';
import { BLOCK_BYTES, paddedTo512 } from './block.js';
import { readNumber } from './numbers.js';
import { latin1, type PaxRecord } from './pax.js';
import type { OnWarning } from './warning.js';

/** A stored part of a sparse file. All bytes outside the extents are zeros. */
export interface Extent {
  /** Position in the file, in bytes. */
  readonly offset: number;
  /** Length in bytes. */
  readonly bytes: number;
}

/** The map of a sparse file (GNU tar manual, "Storing Sparse Files"). */
export interface Sparse {
  readonly form: 'gnu' | 'pax-0.0' | 'pax-0.1' | 'pax-1.0';
  /** In ascending order. Null for PAX 1.0, whose map is the start of the stored bytes: `expandSparse` reads it. */
  readonly extents: readonly Extent[] | null;
}

/** The largest number of extents that is read, which bounds memory. */
export const MAX_EXTENTS = 1 << 20;

/** Reads the extents in GNU's old sparse header, from byte 386 on. */
export function gnuExtents(block: Uint8Array, at: number, offset: number): Extent[] {
  return extentsAt(block, at + 386, 4, offset);
}

/** Returns whether a continuation block follows GNU's old sparse header. */
export function gnuContinues(block: Uint8Array, at: number): boolean {
  return block[at + 482] !== 0;
}

/** Returns the size in bytes of the whole file, from GNU's old sparse header. */
export function gnuRealSize(block: Uint8Array, at: number, offset: number): number {
  return sizeOf(readNumber(block, at + 483, 12), offset);
}

/** Reads the extents of a continuation block, and whether another one follows. */
export function gnuContinuation(
  block: Uint8Array,
  at: number,
  offset: number,
): { extents: Extent[]; more: boolean } {
  return { extents: extentsAt(block, at, 21, offset), more: block[at + 504] !== 0 };
}

function extentsAt(block: Uint8Array, at: number, slots: number, offset: number): Extent[] {
  const extents: Extent[] = [];
  for (let i = 0; i < slots; i++) {
    const start = at + i * 24;
    // A slot that starts with NUL is unused, as are all slots after it.
    if (block[start] === 0) break;
    extents.push({
      offset: sizeOf(readNumber(block, start, 12), offset),
      bytes: sizeOf(readNumber(block, start + 12, 12), offset),
    });
  }
  return extents;
}

function sizeOf(value: unknown, offset: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw sparseError('a number is malformed or out of range', offset);
}

/** Creates the error for the sparse map at `offset`. */
export function sparseError(why: string, offset: number): LayersError {
  return new LayersError('ERR_LAYERS_TAR_SPARSE', `invalid sparse map at byte ${offset}: ${why}`, {
    offset,
    hint: 'the tar archive is damaged or malicious',
  });
}

const KNOWN_VERSIONS: ReadonlySet<string> = new Set(['0.0', '0.1', '1.0']);

/** Reads the sparse map in PAX records; null where there is none. `realSize` is null where it is absent. */
export function paxSparse(
  records: readonly PaxRecord[],
  offset: number,
  onWarning: OnWarning,
): { sparse: Sparse; realSize: number | null; name: Uint8Array | null } | null {
  let major: string | undefined;
  let minor: string | undefined;
  let realSize: number | null = null;
  let name: Uint8Array | null = null;
  let map: string | undefined;
  let blocks: string | undefined;
  const pairs: number[] = [];
  let isSparse = false;
  for (const { key, value } of records) {
    if (!key.startsWith('GNU.sparse.')) continue;
    isSparse = true;
    const field = key.slice('GNU.sparse.'.length);
    if (field === 'major') major = latin1(value);
    else if (field === 'minor') minor = latin1(value);
    else if (field === 'realsize' || field === 'size') realSize = decimal(latin1(value), offset);
    else if (field === 'name') name = value;
    else if (field === 'map') map = latin1(value);
    else if (field === 'numblocks') blocks = latin1(value);
    else if (field === 'offset' || field === 'numbytes') pairs.push(decimal(latin1(value), offset));
  }
  if (!isSparse) return null;
  // No writer uses other versions, so the meaning of their data is unknown.
  if (major !== undefined && !KNOWN_VERSIONS.has(`${major}.${minor}`)) return null;
  if (major === '1') return { sparse: { form: 'pax-1.0', extents: null }, realSize, name };
  if (map !== undefined) {
    const numbers = map === '' ? [] : map.split(',').map((text) => decimal(text, offset));
    const extents = pairsOf(numbers, offset);
    checkCount(blocks, extents, offset, onWarning);
    return { sparse: { form: 'pax-0.1', extents }, realSize, name };
  }
  if (pairs.length === 0) return null;
  const extents = pairsOf(pairs, offset);
  checkCount(blocks, extents, offset, onWarning);
  return { sparse: { form: 'pax-0.0', extents }, realSize, name };
}

/** Warns where the number of extents differs from the declared one, which Go's reader, and so Docker, refuses. */
function checkCount(
  blocks: string | undefined,
  extents: readonly Extent[],
  offset: number,
  onWarning: OnWarning,
): void {
  if (blocks !== undefined && Number(blocks) === extents.length) return;
  onWarning({
    code: 'tar-bad-pax-record',
    offset,
    message: 'GNU.sparse.numblocks of an extended header is not the number of extents',
  });
}

function pairsOf(numbers: readonly number[], offset: number): Extent[] {
  if (numbers.length % 2 !== 0) throw sparseError('an offset without a length', offset);
  const extents: Extent[] = [];
  for (let i = 0; i < numbers.length; i += 2)
    extents.push({ offset: numbers[i] ?? 0, bytes: numbers[i + 1] ?? 0 });
  return extents;
}

function decimal(text: string, offset: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return sizeOf(value, offset);
}

/**
 * Checks that a map is in ascending order, does not overlap, ends within `realSize` and describes exactly
 * `storedBytes`. Throws ERR_LAYERS_TAR_SPARSE.
 */
export function checkExtents(
  extents: readonly Extent[],
  realSize: number,
  storedBytes: number,
  offset: number,
): void {
  if (extents.length > MAX_EXTENTS) throw sparseError(`more than ${MAX_EXTENTS} extents`, offset);
  let end = 0;
  let stored = 0;
  for (const extent of extents) {
    if (extent.offset < end) throw sparseError('extents overlap or are not in ascending order', offset);
    end = extent.offset + extent.bytes;
    if (end > realSize) throw sparseError('an extent ends after the end of the file', offset);
    stored += extent.bytes;
  }
  if (stored !== storedBytes)
    throw sparseError(`it describes ${stored} stored bytes instead of ${storedBytes}`, offset);
}

/**
 * Reads the map of the PAX 1.0 form: decimal lines at the start of the stored bytes (GNU tar manual, "PAX Format,
 * Version 1.0"). `head` is the start of the stored bytes, which are at position `offset` of the tar. Returns null
 * where `head` ends before the map.
 */
export function readSparseMap(
  head: Uint8Array,
  offset: number,
): { extents: Extent[]; mapBytes: number } | null {
  let at = 0;
  const next = (): number | null => {
    const newline = head.indexOf(0x0a, at);
    if (newline === -1) {
      if (head.length - at > 20) throw sparseError('a line is not a number', offset);
      return null;
    }
    const value = decimal(latin1(head.subarray(at, newline)), offset);
    at = newline + 1;
    return value;
  };
  const count = next();
  if (count === null) return null;
  if (count > MAX_EXTENTS) throw sparseError(`more than ${MAX_EXTENTS} extents`, offset);
  const extents: Extent[] = [];
  for (let i = 0; i < count; i++) {
    const start = next();
    const bytes = start === null ? null : next();
    if (start === null || bytes === null) return null;
    extents.push({ offset: start, bytes });
  }
  return { extents, mapBytes: paddedTo512(at) };
}

/** The largest PAX 1.0 map in bytes, from the limit of extents. */
export const MAX_SPARSE_MAP_BYTES = MAX_EXTENTS * 2 * 17 + BLOCK_BYTES;
