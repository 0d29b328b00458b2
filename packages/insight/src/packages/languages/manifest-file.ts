import { readRange } from './file-ranges.js';
import type { RandomAccessFile } from './language-package.js';

/** The limit of a manifest in bytes, ten times the largest real ones. */
export const MAX_MANIFEST_BYTES = 1024 * 1024;

/** Returns the text of a manifest. Bytes that are not UTF-8 become U+FFFD; a byte order mark is left out. */
export function readManifest(file: RandomAccessFile): string {
  const bytes = readRange(file, 0, Math.min(file.size, MAX_MANIFEST_BYTES));
  return new TextDecoder('utf-8').decode(bytes);
}
