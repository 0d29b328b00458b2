import { LayersError } from '@layers/errors';
import { BLOCK_BYTES, paddedTo512 } from './block.js';
import { readNumber } from './numbers.js';
import { latin1, type PaxRecord } from './pax.js';

/** A run of stored bytes: where it stands in the file, and how long it is; all else is zeros. */
export interface Extent {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * How a sparse file's stored bytes lie in it. `extents` is null for the PAX 1.0 form, whose map stands at the
 * head of the stored bytes: read it with `readSparseMap`.
 */
export interface Sparse {
  readonly form: 'gnu' | 'pax-0.0' | 'pax-0.1' | 'pax-1.0';
  readonly extents: readonly Extent[] | null;
}

/** A map of more extents than this is refused: it would take memory out of all proportion to its use. */
export const MAX_EXTENTS = 1 << 20;

/** The extents that GNU's old sparse header holds in itself, from its map at byte 386. */
export function gnuExtents(block: Uint8Array, at: number, offset: number): Extent[] {
  return extentsAt(block, at + 386, 4, offset);
}

/** Whether a continuation block follows GNU's old sparse header. */
export function gnuContinues(block: Uint8Array, at: number): boolean {
  return block[at + 482] !== 0;
}

/** The size of the whole file that GNU's old sparse header states. */
export function gnuRealSize(block: Uint8Array, at: number, offset: number): number {
  return sizeOf(readNumber(block, at + 483, 12), offset);
}

/** The extents of a continuation block, and whether another follows. */
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
    // A slot that starts with NUL is unused, and so are those after it.
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
  throw sparseError('a number in it is malformed or out of range', offset);
}

export function sparseError(why: string, offset: number): LayersError {
  return new LayersError(
    'ERR_LAYERS_TAR_SPARSE',
    `the sparse map at offset ${offset} cannot be right: ${why}`,
    {
      offset,
      hint: 'the tar is damaged, or made to mislead',
    },
  );
}

const KNOWN_VERSIONS: ReadonlySet<string> = new Set(['0.0', '0.1', '1.0']);

/** What PAX records say of a sparse file, or null where they say nothing. `realSize` is null where not stated. */
export function paxSparse(
  records: readonly PaxRecord[],
  offset: number,
): { sparse: Sparse; realSize: number | null; name: Uint8Array | null } | null {
  let major: string | undefined;
  let minor: string | undefined;
  let realSize: number | null = null;
  let name: Uint8Array | null = null;
  let map: string | undefined;
  const pairs: number[] = [];
  let seen = false;
  for (const { key, value } of records) {
    if (!key.startsWith('GNU.sparse.')) continue;
    seen = true;
    const word = key.slice('GNU.sparse.'.length);
    if (word === 'major') major = latin1(value);
    else if (word === 'minor') minor = latin1(value);
    else if (word === 'realsize' || word === 'size') realSize = decimal(latin1(value), offset);
    else if (word === 'name') name = value;
    else if (word === 'map') map = latin1(value);
    else if (word === 'offset' || word === 'numbytes') pairs.push(decimal(latin1(value), offset));
  }
  if (!seen) return null;
  // Versions that nobody has written: their data could only be guessed at.
  if (major !== undefined && !KNOWN_VERSIONS.has(`${major}.${minor}`)) return null;
  if (major === '1') return { sparse: { form: 'pax-1.0', extents: null }, realSize, name };
  if (map !== undefined) {
    const numbers = map === '' ? [] : map.split(',').map((text) => decimal(text, offset));
    return { sparse: { form: 'pax-0.1', extents: paired(numbers, offset) }, realSize, name };
  }
  if (pairs.length > 0)
    return { sparse: { form: 'pax-0.0', extents: paired(pairs, offset) }, realSize, name };
  return null;
}

function paired(numbers: readonly number[], offset: number): Extent[] {
  if (numbers.length % 2 !== 0) throw sparseError('it has an offset without a length', offset);
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
 * Checks that a map ascends without overlaps, ends within `realSize`, and accounts for exactly `storedBytes`.
 * Throws ERR_LAYERS_TAR_SPARSE.
 */
export function checkExtents(
  extents: readonly Extent[],
  realSize: number,
  storedBytes: number,
  offset: number,
): void {
  if (extents.length > MAX_EXTENTS) throw sparseError(`it has more than ${MAX_EXTENTS} extents`, offset);
  let end = 0;
  let stored = 0;
  for (const extent of extents) {
    if (extent.offset < end) throw sparseError('its extents overlap or go backwards', offset);
    end = extent.offset + extent.bytes;
    if (end > realSize) throw sparseError('an extent ends beyond the file', offset);
    stored += extent.bytes;
  }
  if (stored !== storedBytes)
    throw sparseError(`it maps ${stored} bytes and ${storedBytes} are stored`, offset);
}

/**
 * Reads the map of the PAX 1.0 form, decimal lines at the head of the stored bytes, from `head`: the first bytes
 * stored, from position `offset` of the tar. Returns null where `head` is too short to hold the whole map.
 */
export function readSparseMap(
  head: Uint8Array,
  offset: number,
): { extents: Extent[]; mapBytes: number } | null {
  let at = 0;
  const next = (): number | null => {
    const newline = head.indexOf(0x0a, at);
    if (newline === -1) {
      if (head.length - at > 20) throw sparseError('a line of it is no number', offset);
      return null;
    }
    const value = decimal(latin1(head.subarray(at, newline)), offset);
    at = newline + 1;
    return value;
  };
  const count = next();
  if (count === null) return null;
  if (count > MAX_EXTENTS) throw sparseError(`it has more than ${MAX_EXTENTS} extents`, offset);
  const extents: Extent[] = [];
  for (let i = 0; i < count; i++) {
    const start = next();
    const bytes = start === null ? null : next();
    if (start === null || bytes === null) return null;
    extents.push({ offset: start, bytes });
  }
  return { extents, mapBytes: paddedTo512(at) };
}

/** The most bytes that a PAX 1.0 map may take, from its extents' limit. */
export const MAX_SPARSE_MAP_BYTES = MAX_EXTENTS * 2 * 17 + BLOCK_BYTES;
