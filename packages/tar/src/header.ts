import { LayersError } from '@layers/errors';
import { BLOCK_BYTES, untilNul } from './block.js';
import { readNumber } from './numbers.js';
import type { OnWarning } from './warning.js';

/** Which family of writers made a header block; it decides what the bytes after the link name mean. */
export type Dialect = 'v7' | 'ustar' | 'gnu';

/** One header block, taken apart. Byte fields are views of the block and share its lifetime. */
export interface Header {
  readonly dialect: Dialect;
  /** The type byte as it stands, 0 for V7's NUL. */
  readonly typeflag: number;
  /** `prefix/name`, joined where the dialect has a prefix. */
  readonly name: Uint8Array;
  readonly linkname: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of data that follow, as this block says. */
  readonly size: number;
  readonly mtime: number;
  readonly devmajor: number;
  readonly devminor: number;
}

/** Where the fields of a header block stand (POSIX pax, "ustar Header Block"). */
export const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  typeflag: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  uname: [265, 32],
  gname: [297, 32],
  devmajor: [329, 8],
  devminor: [337, 8],
  prefix: [345, 155],
} as const;

/**
 * Takes apart the header block at `at` of `bytes`, whose `size` was read by `checkHeader`; `offset` is its position
 * in the tar, for messages. Unreadable numbers count as 0 with a warning.
 */
export function decodeHeader(
  bytes: Uint8Array,
  at: number,
  offset: number,
  size: number,
  onWarning: OnWarning,
): Header {
  const dialect = dialectOf(bytes, at);
  return {
    dialect,
    typeflag: typeflagOf(bytes, at),
    name: nameOf(bytes, at, dialect),
    linkname: untilNul(bytes, at + FIELD.linkname[0], at + FIELD.linkname[0] + FIELD.linkname[1]),
    mode: numberIn(bytes, at, 'mode', offset, onWarning),
    uid: numberIn(bytes, at, 'uid', offset, onWarning),
    gid: numberIn(bytes, at, 'gid', offset, onWarning),
    size,
    mtime: numberIn(bytes, at, 'mtime', offset, onWarning),
    devmajor: dialect === 'v7' ? 0 : numberIn(bytes, at, 'devmajor', offset, onWarning),
    devminor: dialect === 'v7' ? 0 : numberIn(bytes, at, 'devminor', offset, onWarning),
  };
}

/** The type byte of a header block, 0 for V7's NUL. */
export function typeflagOf(bytes: Uint8Array, at: number): number {
  return bytes[at + FIELD.typeflag[0]] ?? 0;
}

/**
 * Checks that a header block stands at `at` of `bytes` and returns the size of the data after it in bytes.
 *
 * Throws ERR_LAYERS_TAR_CHECKSUM where the block is no header and ERR_LAYERS_TAR_NUMBER where its size cannot
 * be known: nothing after it could be found.
 */
export function checkHeader(bytes: Uint8Array, at: number, offset: number): number {
  if (!checksumHolds(bytes, at)) {
    throw new LayersError(
      'ERR_LAYERS_TAR_CHECKSUM',
      `no tar header at offset ${offset}: its checksum is wrong`,
      { offset, hint: 'the tar is damaged or is not a tar' },
    );
  }
  const size = readNumber(bytes, at + FIELD.size[0], FIELD.size[1]);
  if (typeof size === 'number' && size >= 0) return size;
  const what = typeof size === 'number' ? 'negative' : size;
  throw new LayersError(
    'ERR_LAYERS_TAR_NUMBER',
    `the size in the tar header at offset ${offset} is ${what}`,
    {
      offset,
      hint: 'sizes up to 2^53-1 bytes can be read',
    },
  );
}

type LesserNumber = 'mode' | 'uid' | 'gid' | 'mtime' | 'devmajor' | 'devminor';

function numberIn(
  bytes: Uint8Array,
  at: number,
  field: LesserNumber,
  offset: number,
  onWarning: OnWarning,
): number {
  const place = FIELD[field];
  const value = readNumber(bytes, at + place[0], place[1]);
  if (typeof value === 'number') return value;
  onWarning({ code: 'tar-bad-number', offset, message: `${field} is ${value} and counts as 0` });
  return 0;
}

/** Whether `bytes` start with a whole header block whose checksum holds: the one sure sign of a tar. */
export function isTarHeader(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK_BYTES && checksumHolds(bytes, 0);
}

/** Sums the block with its checksum field as spaces; old writers summed signed bytes, so either counts. */
function checksumHolds(bytes: Uint8Array, at: number): boolean {
  const stated = readNumber(bytes, at + FIELD.checksum[0], FIELD.checksum[1]);
  if (typeof stated !== 'number') return false;
  const unsigned = checksumOf(bytes, at);
  if (unsigned === stated) return true;
  let negatives = 0;
  for (let i = at; i < at + BLOCK_BYTES; i++) {
    const inField = i >= at + FIELD.checksum[0] && i < at + FIELD.checksum[0] + FIELD.checksum[1];
    if (!inField && (bytes[i] ?? 0) > 127) negatives++;
  }
  return negatives > 0 && unsigned - 256 * negatives === stated;
}

/** The sum that a header block must state: all its bytes, those of the checksum field counted as spaces. */
export function checksumOf(bytes: Uint8Array, at: number): number {
  let even = 8 * 0x20;
  let odd = 0;
  // Most of the time of a walk goes here: eight at a time, and two sums that need not wait for each other.
  for (let i = at; i < at + BLOCK_BYTES; i += 8) {
    even += (bytes[i] ?? 0) + (bytes[i + 1] ?? 0) + (bytes[i + 2] ?? 0) + (bytes[i + 3] ?? 0);
    odd += (bytes[i + 4] ?? 0) + (bytes[i + 5] ?? 0) + (bytes[i + 6] ?? 0) + (bytes[i + 7] ?? 0);
  }
  for (let i = at + FIELD.checksum[0]; i < at + FIELD.typeflag[0]; i++) even -= bytes[i] ?? 0;
  return even + odd;
}

/** "ustar\0" is POSIX, "ustar " GNU's own; anything else is V7. */
function dialectOf(bytes: Uint8Array, at: number): Dialect {
  const m = at + FIELD.magic[0];
  const ustar =
    bytes[m] === 0x75 &&
    bytes[m + 1] === 0x73 &&
    bytes[m + 2] === 0x74 &&
    bytes[m + 3] === 0x61 &&
    bytes[m + 4] === 0x72;
  if (!ustar) return 'v7';
  return bytes[m + 5] === 0x20 ? 'gnu' : 'ustar';
}

const STAR_PREFIX = 131;

/** Joerg Schilling's star marks its USTAR headers at the end and keeps times in the last bytes of the prefix. */
function isStar(bytes: Uint8Array, at: number): boolean {
  const m = at + 508;
  return bytes[m] === 0x74 && bytes[m + 1] === 0x61 && bytes[m + 2] === 0x72 && bytes[m + 3] === 0;
}

/**
 * GNU keeps times and the sparse map where POSIX keeps the prefix. Go before 1.8 wrote prefixes into GNU headers
 * all the same, and images of that age are still about: Go's reader, and so Docker, takes text where times should
 * be for a prefix.
 */
function isMistakenPrefix(bytes: Uint8Array, start: number, prefix: Uint8Array): boolean {
  const isTime = (at: number): boolean => bytes[at] === 0 || readNumber(bytes, at, 12) !== 'malformed';
  return !(isTime(start) && isTime(start + 12)) && prefix.every((byte) => byte < 0x80);
}

function nameOf(bytes: Uint8Array, at: number, dialect: Dialect): Uint8Array {
  const name = untilNul(bytes, at, at + FIELD.name[1]);
  const start = at + FIELD.prefix[0];
  if (dialect === 'v7' || bytes[start] === 0) return name;
  const prefix = untilNul(bytes, start, start + (isStar(bytes, at) ? STAR_PREFIX : FIELD.prefix[1]));
  if (dialect === 'gnu' && !isMistakenPrefix(bytes, start, prefix)) return name;
  const joined = new Uint8Array(prefix.length + 1 + name.length);
  joined.set(prefix);
  joined[prefix.length] = 0x2f;
  joined.set(name, prefix.length + 1);
  return joined;
}
