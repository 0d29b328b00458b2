import { isUtf8 } from 'node:buffer';
import { LayersError } from '@layers/errors';
import { BLOCK_BYTES, paddedTo512 } from './block.js';
import { checksumOf, FIELD } from './header.js';
import { MAX_EXTENSION_BYTES, TYPE_PAX_LOCAL } from './limits.js';
import { fitsOctal, writeNumber } from './numbers.js';
import { encodePax, type PaxRecord } from './pax.js';
import { formatTime } from './time.js';

/** What a member to be written is; everything but the name has docker's usual default. */
export interface NewEntry {
  readonly path: Uint8Array | string;
  readonly type?: 'file' | 'link' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';
  /** Bytes of data that the caller writes after the header. */
  readonly size?: number;
  readonly linkpath?: Uint8Array | string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970. */
  readonly mtime?: number;
  readonly mtimeNanoseconds?: number;
  readonly uname?: string;
  readonly gname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
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

/** Two blocks of zeros: the end of every tar. */
export const END_OF_TAR: Uint8Array = new Uint8Array(2 * BLOCK_BYTES);

/** The zeros that fill up data of `size` bytes to whole blocks. */
export function paddingFor(size: number): Uint8Array {
  return END_OF_TAR.subarray(0, paddedTo512(size) - size);
}

/**
 * The header blocks of a member: USTAR, preceded by a PAX header where USTAR cannot hold a field exactly (long or
 * non-ASCII names, big or negative numbers, sub-second times, xattrs). The same entry always gives the same bytes.
 *
 * Throws ERR_LAYERS_TAR_UNENCODABLE for what no tar can hold or no reader takes: an empty name, a NUL in a name, a
 * broken number, an xattr name that is not text of one character a byte, extensions beyond MAX_EXTENSION_BYTES.
 */
export function encodeHeader(entry: NewEntry): Uint8Array {
  const fields = fieldsOf(entry);
  const { type, path, cut, link, uid, gid, size, mtime } = fields;
  const pax = paxRecords(fields);
  const block = new Uint8Array(BLOCK_BYTES);
  if (cut > 0) {
    block.set(path.subarray(0, cut), FIELD.prefix[0]);
    block.set(path.subarray(cut + 1), FIELD.name[0]);
  } else block.set(path.length > FIELD.name[1] ? path.subarray(0, FIELD.name[1]) : path, FIELD.name[0]);
  if (link.length > 0) block.set(link.subarray(0, FIELD.linkname[1]), FIELD.linkname[0]);
  put(block, 'mode', (entry.mode ?? (type === 'directory' ? 0o755 : 0o644)) & 0o7777);
  // The PAX record holds what does not fit; the header then holds 0, which old readers take without harm.
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
  return pax.length === 0 ? sealed(block) : Buffer.concat([paxHeader(encodePax(pax)), sealed(block)]);
}

/** How many bytes `encodeHeader` gives; throws as it does. Nothing is encoded where USTAR holds every field. */
export function headerBytes(entry: NewEntry): number {
  if (entry.type === 'char' || entry.type === 'block') return encodeHeader(entry).length;
  const pax = paxRecords(fieldsOf(entry));
  return BLOCK_BYTES + (pax.length === 0 ? 0 : paxHeader(encodePax(pax)).length);
}

/** What both headers of a member are made of. */
interface Fields {
  readonly type: NonNullable<NewEntry['type']>;
  readonly path: Uint8Array;
  /** As `cutOf` gives it. */
  readonly cut: number;
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
  const path = namedBytes(entry.path, type === 'directory');
  if (path.length === 0) throw unencodable('a name is empty');
  return {
    type,
    path,
    cut: cutOf(path),
    link: entry.linkpath === undefined ? EMPTY : bytesOf(entry.linkpath, 'link name'),
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    size: type === 'file' ? (entry.size ?? 0) : 0,
    mtime: entry.mtime ?? 0,
    nanoseconds: entry.mtimeNanoseconds ?? 0,
    xattrs: entry.xattrs ?? null,
  };
}

/** What USTAR cannot hold exactly, in one order. */
function paxRecords({ path, cut, link, uid, gid, size, mtime, nanoseconds, xattrs }: Fields): PaxRecord[] {
  const pax: PaxRecord[] = [];
  const asciiPath = isAscii(path);
  const asciiLink = isAscii(link);
  // Without this, readers that convert names (libarchive) refuse what is not UTF-8.
  if (!(asciiPath || isUtf8(path)) || !(asciiLink || isUtf8(link))) {
    pax.push({ key: 'hdrcharset', value: Buffer.from('BINARY') });
  }
  if (cut === NO_CUT || !asciiPath) pax.push({ key: 'path', value: path });
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
    throw unencodable(`its names and xattrs take ${body.length} bytes; readers take ${MAX_EXTENSION_BYTES}`);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(Buffer.from('PaxHeaders/entry', 'latin1'), FIELD.name[0]);
  put(block, 'mode', 0o644);
  for (const key of ['uid', 'gid', 'mtime'] as const) put(block, key, 0);
  put(block, 'size', body.length);
  block[FIELD.typeflag[0]] = TYPE_PAX_LOCAL;
  block.set(MAGIC, FIELD.magic[0]);
  return Buffer.concat([sealed(block), body, paddingFor(body.length)]);
}

function put(
  block: Uint8Array,
  key: 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'devmajor' | 'devminor',
  value: number,
): void {
  const [at, length] = FIELD[key];
  if (!writeNumber(block, at, length, value)) throw unencodable(`${key} is ${value}`);
}

/** Fills in the checksum: six octal digits, NUL, space, as every writer has done since V7. */
function sealed(block: Uint8Array): Uint8Array {
  const [at] = FIELD.checksum;
  writeNumber(block, at, 7, checksumOf(block, 0));
  block[at + 7] = 0x20;
  return block;
}

/** The name fits as it is. */
const WHOLE = 0;
const NO_CUT = -1;

/** Position of the slash at which a name is cut into USTAR's prefix and name; `WHOLE`, or `NO_CUT` where none fits. */
function cutOf(path: Uint8Array): number {
  if (path.length <= FIELD.name[1]) return WHOLE;
  const from = Math.max(1, path.length - FIELD.name[1] - 1);
  const cut = path.indexOf(0x2f, from);
  return cut === -1 || cut > FIELD.prefix[1] || cut === path.length - 1 ? NO_CUT : cut;
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) >= 0x80) return false;
  return true;
}

/** A directory's name ends in a slash. */
function namedBytes(text: Uint8Array | string, isDirectory: boolean): Uint8Array {
  const bytes = bytesOf(text, 'name');
  if (!isDirectory || bytes.length === 0 || bytes[bytes.length - 1] === 0x2f) return bytes;
  const named = new Uint8Array(bytes.length + 1);
  named.set(bytes);
  named[bytes.length] = 0x2f;
  return named;
}

function bytesOf(text: Uint8Array | string, what: string): Uint8Array {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  if (bytes.includes(0)) throw unencodable(`a ${what} holds a NUL byte`);
  return bytes;
}

function unencodable(why: string): LayersError {
  return new LayersError('ERR_LAYERS_TAR_UNENCODABLE', `no tar can hold this member: ${why}`);
}
