import { BinaryFields } from '../binary-fields.js';
import { readRange } from '../file-ranges.js';
import type { RandomAccessFile } from '../language-package.js';
import { MalformedFile } from '../malformed-file.js';

/** A file in a zip archive, as its central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly isEncrypted: boolean;
  /** 0 for stored, 8 for deflated. */
  readonly method: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** The position of the local header in the file. */
  readonly position: number;
}

/** The limits of a central directory, above those of the largest archives. */
const MAX_ENTRIES = 1_000_000;
const MAX_DIRECTORY_BYTES = 256 * 1024 * 1024;

/** More than the longest entry of the directory: 46 bytes, and three texts of 65535. */
const WINDOW_BYTES = 256 * 1024;

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const LOCATOR_BYTES = 20;
const END_64_BYTES = 56;
const HEADER_BYTES = 46;

const END_SIGNATURE = 0x06054b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const END_64_SIGNATURE = 0x06064b50;
const HEADER_SIGNATURE = 0x02014b50;
const ZIP_64_EXTRA = 1;

/** Stands for a number that does not fit into 32 bits. */
const MAX_32 = 0xffffffff;

interface Directory {
  readonly position: number;
  readonly bytes: number;
  /** The bytes before the archive, such as a script that runs it. Positions in the archive do not count them. */
  readonly prefixBytes: number;
}

/**
 * Yields the entries of a zip archive (APPNOTE.TXT, section 4.3.12), also one with a prefix or in the form zip64. Reads only
 * the central directory. Throws MalformedFile.
 */
export function* zipEntries(file: RandomAccessFile): Generator<ZipEntry> {
  const directory = findDirectory(file);
  let at = directory.position;
  const end = directory.position + directory.bytes;
  for (let count = 0; at + HEADER_BYTES <= end; ) {
    const window = readRange(file, at, Math.min(WINDOW_BYTES, end - at));
    const fields = new BinaryFields(window, true);
    let used = 0;
    while (used + HEADER_BYTES <= window.length) {
      const length = HEADER_BYTES + fields.u16(used + 28) + fields.u16(used + 30) + fields.u16(used + 32);
      if (used + length > window.length) break;
      if (fields.u32(used) !== HEADER_SIGNATURE) throw new MalformedFile('the directory is damaged');
      if (++count > MAX_ENTRIES) throw new MalformedFile('the archive has too many files');
      yield entryAt(fields, window, used, directory.prefixBytes);
      used += length;
    }
    if (used === 0) throw new MalformedFile('the directory is truncated');
    at += used;
  }
}

function findDirectory(file: RandomAccessFile): Directory {
  const end = findEnd(file);
  const fields = new BinaryFields(readRange(file, end, END_BYTES), true);
  const [bytes, offset] = [fields.u32(12), fields.u32(16)];
  const isZip64 = fields.u16(10) === 0xffff || bytes === MAX_32 || offset === MAX_32;
  const large = isZip64 ? findEnd64(file, end) : null;
  return large ?? directoryBefore(end, bytes, offset);
}

/** The directory ends where the record about it starts. What its stated offset lacks is a prefix. */
function directoryBefore(end: number, bytes: number, offset: number): Directory {
  const prefixBytes = end - bytes - offset;
  if (prefixBytes < 0 || bytes > MAX_DIRECTORY_BYTES) throw new MalformedFile('the directory has no place');
  return { position: prefixBytes + offset, bytes, prefixBytes };
}

/** Returns the position of the last record that ends the archive. A comment may follow it. */
function findEnd(file: RandomAccessFile): number {
  const length = Math.min(file.size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = readRange(file, file.size - length, length);
  const fields = new BinaryFields(tail, true);
  for (let at = length - END_BYTES; at >= 0; at--) {
    const isEnd = tail[at] === 0x50 && fields.u32(at) === END_SIGNATURE;
    if (isEnd && at + END_BYTES + fields.u16(at + 20) <= length) return file.size - length + at;
  }
  throw new MalformedFile('this is not a zip archive');
}

/** Returns the directory that the records of zip64 before the end describe; null where there are none. */
function findEnd64(file: RandomAccessFile, end: number): Directory | null {
  if (end < LOCATOR_BYTES + END_64_BYTES) return null;
  const locator = new BinaryFields(readRange(file, end - LOCATOR_BYTES, LOCATOR_BYTES), true);
  if (locator.u32(0) !== LOCATOR_SIGNATURE) return null;
  // The stated position lacks the prefix; without further fields the record is just before the locator.
  for (const position of [end - LOCATOR_BYTES - END_64_BYTES, locator.u64(8)]) {
    if (position + END_64_BYTES > end) continue;
    const fields = new BinaryFields(readRange(file, position, END_64_BYTES), true);
    if (fields.u32(0) === END_64_SIGNATURE) return directoryBefore(position, fields.u64(40), fields.u64(48));
  }
  return null;
}

function entryAt(fields: BinaryFields, window: Uint8Array, at: number, prefixBytes: number): ZipEntry {
  const nameEnd = at + HEADER_BYTES + fields.u16(at + 28);
  const extraEnd = nameEnd + fields.u16(at + 30);
  const large = largeNumbers(fields, nameEnd, extraEnd);
  const number = (offset: number): number => {
    const value = fields.u32(at + offset);
    return value === MAX_32 ? (large.shift() ?? value) : value;
  };
  const bytes = number(24);
  const compressedBytes = number(20);
  return {
    name: Buffer.from(window.subarray(at + HEADER_BYTES, nameEnd)).toString('utf8'),
    isEncrypted: (fields.u16(at + 8) & 1) !== 0,
    method: fields.u16(at + 10),
    bytes,
    compressedBytes,
    position: number(42) + prefixBytes,
  };
}

/** Returns the numbers of the extra field of zip64: those of size, compressed size and position that need it. */
function largeNumbers(fields: BinaryFields, start: number, end: number): number[] {
  for (let at = start; at + 4 <= end; ) {
    const next = at + 4 + fields.u16(at + 2);
    if (fields.u16(at) === ZIP_64_EXTRA && next <= end) {
      const numbers: number[] = [];
      for (let number = at + 4; number + 8 <= next; number += 8) numbers.push(fields.u64(number));
      return numbers;
    }
    at = next;
  }
  return [];
}
