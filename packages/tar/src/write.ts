import { isUtf8 } from 'node:buffer';
import { BLOCK_BYTES, paddedTo512 } from './block.js';
import { LayersError } from './error.js';
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
  const type = entry.type ?? 'file';
  let path = bytesOf(entry.path, 'name');
  if (path.length === 0) throw unencodable('a name is empty');
  if (type === 'directory' && path.at(-1) !== 0x2f) path = Buffer.concat([path, Buffer.from('/')]);
  const link = bytesOf(entry.linkpath ?? '', 'link name');
  const numbers = {
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    size: type === 'file' ? (entry.size ?? 0) : 0,
    mtime: entry.mtime ?? 0,
  };
  const nanoseconds = entry.mtimeNanoseconds ?? 0;
  const pax: PaxRecord[] = [];
  const split = splitName(path);
  // Without this, readers that convert names (libarchive) refuse what is not UTF-8.
  if (!isUtf8(path) || !isUtf8(link)) pax.push({ key: 'hdrcharset', value: Buffer.from('BINARY') });
  if (split === null || !isAscii(path)) pax.push({ key: 'path', value: path });
  if (link.length > 100 || !isAscii(link)) pax.push({ key: 'linkpath', value: link });
  for (const key of ['uid', 'gid', 'size'] as const) {
    const value = numbers[key];
    if (!Number.isSafeInteger(value) || value < 0) throw unencodable(`${key} is ${value}`);
    if (!fitsOctal(value, FIELD[key][1])) pax.push({ key, value: Buffer.from(String(value)) });
  }
  if (!Number.isSafeInteger(numbers.mtime)) throw unencodable(`mtime is ${numbers.mtime}`);
  if (!(Number.isSafeInteger(nanoseconds) && nanoseconds >= 0 && nanoseconds < 1e9))
    throw unencodable(`the nanoseconds of mtime are ${nanoseconds}`);
  if (nanoseconds !== 0 || !fitsOctal(numbers.mtime, FIELD.mtime[1])) {
    pax.push({ key: 'mtime', value: Buffer.from(formatTime({ seconds: numbers.mtime, nanoseconds })) });
  }
  for (const [name, value] of [...(entry.xattrs ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
    pax.push({ key: `SCHILY.xattr.${name}`, value });
  }

  const block = new Uint8Array(BLOCK_BYTES);
  const short = split ?? { prefix: new Uint8Array(0), name: path.subarray(0, FIELD.name[1]) };
  block.set(short.name, FIELD.name[0]);
  block.set(short.prefix, FIELD.prefix[0]);
  block.set(link.subarray(0, FIELD.linkname[1]), FIELD.linkname[0]);
  put(block, 'mode', (entry.mode ?? (type === 'directory' ? 0o755 : 0o644)) & 0o7777);
  for (const key of ['uid', 'gid', 'size', 'mtime'] as const) {
    // The PAX record holds what does not fit; the header then holds 0, which old readers take without harm.
    put(block, key, fitsOctal(numbers[key], FIELD[key][1]) ? numbers[key] : 0);
  }
  block[FIELD.typeflag[0]] = TYPEFLAGS[type];
  block.set(Buffer.from('ustar\x0000', 'latin1'), FIELD.magic[0]);
  block.set(Buffer.from(entry.uname ?? '').subarray(0, 31), FIELD.uname[0]);
  block.set(Buffer.from(entry.gname ?? '').subarray(0, 31), FIELD.gname[0]);
  if (type === 'char' || type === 'block') {
    put(block, 'devmajor', entry.devmajor ?? 0);
    put(block, 'devminor', entry.devminor ?? 0);
  }
  return pax.length === 0 ? sealed(block) : Buffer.concat([paxHeader(encodePax(pax)), sealed(block)]);
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
  block.set(Buffer.from('ustar\x0000', 'latin1'), FIELD.magic[0]);
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
  const digits = checksumOf(block, 0).toString(8).padStart(6, '0');
  block.set(Buffer.from(`${digits}\0 `, 'latin1'), FIELD.checksum[0]);
  return block;
}

/** A name cut at a slash into USTAR's prefix and name; null where no cut fits. */
function splitName(path: Uint8Array): { prefix: Uint8Array; name: Uint8Array } | null {
  if (path.length <= FIELD.name[1]) return { prefix: new Uint8Array(0), name: path };
  const from = Math.max(1, path.length - FIELD.name[1] - 1);
  const cut = path.indexOf(0x2f, from);
  if (cut === -1 || cut > FIELD.prefix[1] || cut === path.length - 1) return null;
  return { prefix: path.subarray(0, cut), name: path.subarray(cut + 1) };
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

function bytesOf(text: Uint8Array | string, what: string): Uint8Array {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  if (bytes.includes(0)) throw unencodable(`a ${what} holds a NUL byte`);
  return bytes;
}

function unencodable(why: string): LayersError {
  return new LayersError('ERR_LAYERS_TAR_UNENCODABLE', `no tar can hold this member: ${why}`);
}
