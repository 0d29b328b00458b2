import type { RandomAccessFile } from './language-package.js';
import { MalformedFile } from './malformed-file.js';

/** The most that is read at once. */
const PIECE_BYTES = 1024 * 1024;

/** Returns bytes of a file, a copy. Throws MalformedFile where they lie outside of it. */
export function readRange(file: RandomAccessFile, position: number, length: number): Uint8Array {
  checkRange(file, position, length);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const piece = file.read(position + at, Math.min(PIECE_BYTES, length - at));
    if (piece.length === 0) throw new MalformedFile('the file is shorter than its size');
    bytes.set(piece.subarray(0, length - at), at);
    at += piece.length;
  }
  return bytes;
}

/** Returns a part of a file as a file of its own, without reading it. Throws MalformedFile as `readRange` does. */
export function partOfFile(
  file: RandomAccessFile,
  position: number,
  size: number,
  path: string,
): RandomAccessFile {
  checkRange(file, position, size);
  return {
    path,
    size,
    read: (at, length) => file.read(position + at, Math.max(0, Math.min(length, size - at))),
  };
}

/** Returns bytes as a file. */
export function fileOfBytes(path: string, bytes: Uint8Array): RandomAccessFile {
  return {
    path,
    size: bytes.length,
    read: (position, length) => bytes.subarray(position, position + length),
  };
}

function checkRange(file: RandomAccessFile, position: number, length: number): void {
  if (!(position >= 0 && length >= 0 && position + length <= file.size)) {
    throw new MalformedFile(`bytes ${position} to ${position + length} are outside of the file`);
  }
}
