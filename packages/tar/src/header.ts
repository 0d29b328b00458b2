import { LayersError } from '@layers/errors';
import { BLOCK_BYTES, untilNul } from './block.js';
import { readNumber } from './numbers.js';
import { type OnWarning, warnOfLargeId } from './warning.js';

/** The format of a header block, which defines the bytes after the link name. */
export type Dialect = 'v7' | 'ustar' | 'gnu';

/** The fields of one header block. Byte fields are views of the block. */
export interface Header {
  readonly dialect: Dialect;
  /** The type byte; 0 for V7's NUL. */
  readonly typeflag: number;
  /** `prefix/name` where the dialect has a prefix. */
  readonly name: Uint8Array;
  readonly linkname: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of data after the block, as it declares them. */
  readonly size: number;
  readonly mtime: number;
  readonly devmajor: number;
  readonly devminor: number;
}

/** Start and length in bytes of the fields of a header block (POSIX pax, "ustar Header Block"). */
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
 * Decodes the header block at index `at` of `bytes`. `size` is the result of `checkHeader`; `offset` is the position
 * in the tar, for messages. Reads an invalid number as 0, with a warning.
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

/** Returns the type byte of a header block; 0 for V7's NUL. */
export function typeflagOf(bytes: Uint8Array, at: number): number {
  return bytes[at + FIELD.typeflag[0]] ?? 0;
}

/**
 * Checks the header block at index `at` of `bytes` and returns the size in bytes of the data after it.
 *
 * Throws ERR_LAYERS_TAR_CHECKSUM where the block is not a header, and ERR_LAYERS_TAR_NUMBER where its size is
 * invalid, as the position of the next header is then unknown.
 */
export function checkHeader(bytes: Uint8Array, at: number, offset: number): number {
  if (!checksumHolds(bytes, at)) {
    const message = `the tar header at byte ${offset} has a wrong checksum`;
    throw new LayersError('ERR_LAYERS_TAR_CHECKSUM', message, {
      offset,
      hint: 'the archive is damaged: copy or download it again',
    });
  }
  const size = readNumber(bytes, at + FIELD.size[0], FIELD.size[1]);
  if (typeof size === 'number' && size >= 0) return size;
  const what = typeof size === 'number' ? 'negative' : size;
  throw new LayersError('ERR_LAYERS_TAR_NUMBER', `the size in the tar header at byte ${offset} is ${what}`, {
    offset,
    hint: 'sizes of up to 2^53-1 bytes are supported',
  });
}

type NumericField = 'mode' | 'uid' | 'gid' | 'mtime' | 'devmajor' | 'devminor';

function numberIn(
  bytes: Uint8Array,
  at: number,
  field: NumericField,
  offset: number,
  onWarning: OnWarning,
): number {
  const place = FIELD[field];
  const value = readNumber(bytes, at + place[0], place[1]);
  if (typeof value === 'number') return value;
  if (value === 'out-of-range' && (field === 'uid' || field === 'gid')) {
    warnOfLargeId(`the field ${field}`, offset, onWarning);
    return lowBits(bytes, at + place[0] + place[1]);
  }
  onWarning({ code: 'tar-bad-number', offset, message: `the field ${field} is ${value}; using 0` });
  return 0;
}

/** Returns the number in the 4 bytes before `end`. */
function lowBits(bytes: Uint8Array, end: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(end - 4);
}

/**
 * Returns whether `bytes` start with a tar header: a block of 512 bytes with a valid checksum (POSIX pax, "ustar
 * Header Block"). Recognises every dialect; V7 headers have no magic number.
 */
export function isTarHeader(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK_BYTES && checksumHolds(bytes, 0);
}

/** Returns whether the checksum is valid. Old writers added signed bytes, so that sum is valid too. */
function checksumHolds(bytes: Uint8Array, at: number): boolean {
  const declared = readNumber(bytes, at + FIELD.checksum[0], FIELD.checksum[1]);
  if (typeof declared !== 'number') return false;
  const unsigned = checksumOf(bytes, at);
  if (unsigned === declared) return true;
  let negatives = 0;
  for (let i = at; i < at + BLOCK_BYTES; i++) {
    const inField = i >= at + FIELD.checksum[0] && i < at + FIELD.checksum[0] + FIELD.checksum[1];
    if (!inField && (bytes[i] ?? 0) > 127) negatives++;
  }
  return negatives > 0 && unsigned - 256 * negatives === declared;
}

/** Computes the checksum of a header block: the sum of its bytes, with the checksum field as spaces. */
export function checksumOf(bytes: Uint8Array, at: number): number {
  let even = 8 * 0x20;
  let odd = 0;
  // A walk spends most of its time here: two independent sums of eight bytes a turn are fastest.
  for (let i = at; i < at + BLOCK_BYTES; i += 8) {
    even += (bytes[i] ?? 0) + (bytes[i + 1] ?? 0) + (bytes[i + 2] ?? 0) + (bytes[i + 3] ?? 0);
    odd += (bytes[i + 4] ?? 0) + (bytes[i + 5] ?? 0) + (bytes[i + 6] ?? 0) + (bytes[i + 7] ?? 0);
  }
  for (let i = at + FIELD.checksum[0]; i < at + FIELD.typeflag[0]; i++) even -= bytes[i] ?? 0;
  return even + odd;
}

/** "ustar\0" is POSIX, "ustar " is GNU; anything else is V7. */
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

/** Joerg Schilling's star marks the end of its USTAR headers and stores times in the last bytes of the prefix. */
function isStar(bytes: Uint8Array, at: number): boolean {
  const m = at + 508;
  return bytes[m] === 0x74 && bytes[m + 1] === 0x61 && bytes[m + 2] === 0x72 && bytes[m + 3] === 0;
}

/**
 * Returns whether a GNU header has a prefix. GNU stores times and the sparse map in its place, but Go before 1.8
 * wrote prefixes into GNU headers, and old images contain them. Go's reader, and so Docker, treats text in the place
 * of the times as a prefix.
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
