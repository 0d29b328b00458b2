import { inflateRaw } from '#insight/packages/languages/zip/inflate.js';
import { BinaryFields } from '../binary-fields.js';
import { partOfFile, readRange } from '../file-ranges.js';
import type { RandomAccessFile } from '../language-package.js';
import { MalformedFile } from '../malformed-file.js';
import type { ZipEntry } from './zip-entries.js';

const HEADER_BYTES = 30;
const HEADER_SIGNATURE = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/** Returns whether `readEntry` supports an entry. */
export function isReadable({ isEncrypted, method }: ZipEntry): boolean {
  return !isEncrypted && (method === STORED || method === DEFLATED);
}

/** Returns the content of an entry that is stored as a file, without reading it; null for a compressed one. */
export function storedFile(file: RandomAccessFile, entry: ZipEntry, path: string): RandomAccessFile | null {
  if (entry.method !== STORED) return null;
  return partOfFile(file, contentPosition(file, entry), entry.compressedBytes, path);
}

/** Returns the content of an entry. Throws MalformedFile where it is damaged, or longer than the entry states. */
export function readEntry(file: RandomAccessFile, entry: ZipEntry): Uint8Array {
  const stored = readRange(file, contentPosition(file, entry), entry.compressedBytes);
  if (entry.method === STORED || entry.bytes === 0) return stored.subarray(0, entry.bytes);
  try {
    return inflateRaw(stored, entry.bytes);
  } catch {
    throw new MalformedFile(`${entry.name} is damaged`);
  }
}

/** The local header has other lengths of name and extra field than the directory. */
function contentPosition(file: RandomAccessFile, { position }: ZipEntry): number {
  const header = new BinaryFields(readRange(file, position, HEADER_BYTES), true);
  if (header.u32(0) !== HEADER_SIGNATURE) throw new MalformedFile('a file of the archive has no header');
  return position + HEADER_BYTES + header.u16(26) + header.u16(28);
}
