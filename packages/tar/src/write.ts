import { LayersError } from '@layers/errors';
import { isUtf8 } from '#tar/is-utf8.js';
import { BLOCK_BYTES, paddedTo512 } from './block.js';
import { MAX_EXTENSION_BYTES, TYPE_PAX_LOCAL } from './extension.js';
import { checksumOf, FIELD } from './header.js';
import { fitsOctal, writeNumber } from './numbers.js';
import { encodePax, type PaxRecord } from './pax.js';
import { formatTime } from './time.js';

/** The types of entries that can be written. */
export type NewEntryType = 'file' | 'link' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';

/** An entry to write. Text is encoded as UTF-8. */
export interface NewEntry {
  readonly path: Uint8Array | string;
  /** Default: `file`. */
  readonly type?: NewEntryType;
  /** Bytes of data after the header, of a `file`. Default: 0. */
  readonly size?: number;
  /** The target of a link or symlink. */
  readonly linkpath?: Uint8Array | string;
  /** Permission bits. Default: 0o755 for directories, else 0o644. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Whole seconds since 1970, rounded down. Default: 0. */
  readonly mtime?: number;
  /** Nanoseconds above `mtime`. Default: 0. */
  readonly mtimeNs?: number;
  readonly uname?: string;
  readonly gname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Extended attributes by name; names are latin1 text. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array> | null;
}

const TYPEFLAGS = {
  file: 0x30,
  link: 0x31,
  symlink: 0x32,
  char: 0x33,
  block: 0x34,
  directory: 0x35,
  fifo: 0x36,
};

const EMPTY = new Uint8Array(0);
const MAGIC = Buffer.from('ustar\x0000', 'latin1');

/** The end marker of a tar: two blocks of zeros (POSIX pax, "ustar Interchange Format"). */
export const END_OF_TAR: Uint8Array = new Uint8Array(2 * BLOCK_BYTES);

/** Returns the zeros that pad data of `size` bytes to whole blocks of 512 bytes. */
export function paddingFor(size: number): Uint8Array {
  return END_OF_TAR.subarray(0, paddedTo512(size) - size);
}

/**
 * Encodes the headers of an entry; the caller writes its data and `paddingFor(size)` after them.
 *
 * Equal entries have equal headers.
 *
 * @returns a USTAR header, after a PAX header where USTAR cannot represent a field exactly: long or non-ASCII names,
 *   large or negative numbers, times with nanoseconds, xattrs
 * @throws LayersError ERR_LAYERS_TAR_UNENCODABLE for an empty name, a NUL in a name, an invalid number, an xattr name
 *   that is not latin1 text, or names and xattrs of more than 1 MiB
 *
 * @example
 * ```ts
 * const data = Buffer.from('hello\n');
 * const header = encodeHeader({ path: 'hello.txt', size: data.length });
 * const tar = Buffer.concat([header, data, paddingFor(data.length), END_OF_TAR]);
 * ```
 *
 * @see POSIX pax, "ustar Interchange Format" and "pax Extended Header"
 */
export function encodeHeader(entry: NewEntry): Uint8Array {
  const fields = fieldsOf(entry);
  const { type, path, split, link, uid, gid, size, mtime } = fields;
  const pax = paxRecords(fields);
  const block = new Uint8Array(BLOCK_BYTES);
  if (split > 0) {
    block.set(path.subarray(0, split), FIELD.prefix[0]);
    block.set(path.subarray(split + 1), FIELD.name[0]);
  } else block.set(path.length > FIELD.name[1] ? path.subarray(0, FIELD.name[1]) : path, FIELD.name[0]);
  if (link.length > 0) block.set(link.subarray(0, FIELD.linkname[1]), FIELD.linkname[0]);
  put(block, 'mode', (entry.mode ?? (type === 'directory' ? 0o755 : 0o644)) & 0o7777);
  // A number that does not fit is in a PAX record; the header then has 0, which old readers accept.
  put(block, 'uid', fitsOctal(uid, FIELD.uid[1]) ? uid : 0);
  put(block, 'gid', fitsOctal(gid, FIELD.gid[1]) ? gid : 0);
  put(block, 'size', fitsOctal(size, FIELD.size[1]) ? size : 0);
  put(block, 'mtime', fitsOctal(mtime, FIELD.mtime[1]) ? mtime : 0);
  block[FIELD.typeflag[0]] = TYPEFLAGS[type];
  block.set(MAGIC, FIELD.magic[0]);
  if (entry.uname) block.set(Buffer.from(entry.uname).subarray(0, 31), FIELD.uname[0]);
  if (entry.gname) block.set(Buffer.from(entry.gname).subarray(0, 31), FIELD.gname[0]);
  if (type === 'char' || type === 'block') {
    put(block, 'devmajor', entry.devmajor ?? 0);
    put(block, 'devminor', entry.devminor ?? 0);
  }
  return pax.length === 0
    ? withChecksum(block)
    : Buffer.concat([paxHeader(encodePax(pax)), withChecksum(block)]);
}

/** Returns the length in bytes of the result of `encodeHeader`, mostly without encoding. Throws as `encodeHeader`. */
export function headerBytes(entry: NewEntry): number {
  if (entry.type === 'char' || entry.type === 'block') return encodeHeader(entry).length;
  const pax = paxRecords(fieldsOf(entry));
  return BLOCK_BYTES + (pax.length === 0 ? 0 : paxHeader(encodePax(pax)).length);
}

/** The fields of an entry with their defaults. */
interface Fields {
  readonly type: NewEntryType;
  readonly path: Uint8Array;
  /** The result of `splitOf`. */
  readonly split: number;
  readonly link: Uint8Array;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly nanoseconds: number;
  readonly xattrs: ReadonlyMap<string, Uint8Array> | null;
}

function fieldsOf(entry: NewEntry): Fields {
  const type = entry.type ?? 'file';
  const path = nameBytes(entry.path, type === 'directory');
  if (path.length === 0) throw unencodable('the name is empty');
  return {
    type,
    path,
    split: splitOf(path),
    link: entry.linkpath === undefined ? EMPTY : bytesOf(entry.linkpath, 'link name'),
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    size: type === 'file' ? (entry.size ?? 0) : 0,
    mtime: entry.mtime ?? 0,
    nanoseconds: entry.mtimeNs ?? 0,
    xattrs: entry.xattrs ?? null,
  };
}

/** Returns the records for fields that USTAR cannot represent exactly, in a fixed order. */
function paxRecords({ path, split, link, uid, gid, size, mtime, nanoseconds, xattrs }: Fields): PaxRecord[] {
  const pax: PaxRecord[] = [];
  const asciiPath = isAscii(path);
  const asciiLink = isAscii(link);
  // Without this record, readers that convert names (libarchive) refuse names that are not UTF-8.
  if (!(asciiPath || isUtf8(path)) || !(asciiLink || isUtf8(link))) {
    pax.push({ key: 'hdrcharset', value: Buffer.from('BINARY') });
  }
  if (split === NO_SPLIT || !asciiPath) pax.push({ key: 'path', value: path });
  if (link.length > FIELD.linkname[1] || !asciiLink) pax.push({ key: 'linkpath', value: link });
  addNumber(pax, 'uid', uid);
  addNumber(pax, 'gid', gid);
  addNumber(pax, 'size', size);
  if (!Number.isSafeInteger(mtime)) throw unencodable(`mtime is ${mtime}`);
  if (!(Number.isSafeInteger(nanoseconds) && nanoseconds >= 0 && nanoseconds < 1e9))
    throw unencodable(`the nanoseconds of mtime are ${nanoseconds}`);
  if (nanoseconds !== 0 || !fitsOctal(mtime, FIELD.mtime[1])) {
    pax.push({ key: 'mtime', value: Buffer.from(formatTime({ seconds: mtime, nanoseconds })) });
  }
  if (xattrs === null || xattrs.size === 0) return pax;
  for (const [name, value] of [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    pax.push({ key: `SCHILY.xattr.${name}`, value });
  }
  return pax;
}

function addNumber(pax: PaxRecord[], key: 'uid' | 'gid' | 'size', value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw unencodable(`${key} is ${value}`);
  if (!fitsOctal(value, FIELD[key][1])) pax.push({ key, value: Buffer.from(String(value)) });
}

function paxHeader(body: Uint8Array): Uint8Array {
  if (body.length > MAX_EXTENSION_BYTES)
    throw unencodable(`names and xattrs have ${body.length} bytes; the limit is ${MAX_EXTENSION_BYTES}`);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(Buffer.from('PaxHeaders/entry', 'latin1'), FIELD.name[0]);
  put(block, 'mode', 0o644);
  for (const key of ['uid', 'gid', 'mtime'] as const) put(block, key, 0);
  put(block, 'size', body.length);
  block[FIELD.typeflag[0]] = TYPE_PAX_LOCAL;
  block.set(MAGIC, FIELD.magic[0]);
  return Buffer.concat([withChecksum(block), body, paddingFor(body.length)]);
}

function put(
  block: Uint8Array,
  key: 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'devmajor' | 'devminor',
  value: number,
): void {
  const [at, length] = FIELD[key];
  if (!writeNumber(block, at, length, value)) throw unencodable(`${key} is ${value}`);
}

/** Sets the checksum: six octal digits, NUL, space, as all writers since V7 do. */
function withChecksum(block: Uint8Array): Uint8Array {
  const [at] = FIELD.checksum;
  writeNumber(block, at, 7, checksumOf(block, 0));
  block[at + 7] = 0x20;
  return block;
}

const NOT_NEEDED = 0;
const NO_SPLIT = -1;

/**
 * Returns the index of the slash that splits a name into USTAR's prefix and name; `NOT_NEEDED` for a short name,
 * `NO_SPLIT` where no slash fits.
 */
function splitOf(path: Uint8Array): number {
  if (path.length <= FIELD.name[1]) return NOT_NEEDED;
  const from = Math.max(1, path.length - FIELD.name[1] - 1);
  const slash = path.indexOf(0x2f, from);
  return slash === -1 || slash > FIELD.prefix[1] || slash === path.length - 1 ? NO_SPLIT : slash;
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) >= 0x80) return false;
  return true;
}

/** Encodes a name. The name of a directory ends in a slash. */
function nameBytes(text: Uint8Array | string, isDirectory: boolean): Uint8Array {
  const bytes = bytesOf(text, 'name');
  if (!isDirectory || bytes.length === 0 || bytes[bytes.length - 1] === 0x2f) return bytes;
  const directory = new Uint8Array(bytes.length + 1);
  directory.set(bytes);
  directory[bytes.length] = 0x2f;
  return directory;
}

function bytesOf(text: Uint8Array | string, what: string): Uint8Array {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  if (bytes.includes(0)) throw unencodable(`the ${what} contains a NUL byte`);
  return bytes;
}

function unencodable(why: string): LayersError {
  return new LayersError('ERR_LAYERS_TAR_UNENCODABLE', `cannot encode a tar entry: ${why}`);
}
