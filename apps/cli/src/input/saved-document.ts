import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { pathStatus, reading } from '@layers/core/io';

/** Blanks may precede the document. */
const HEAD_BYTES = 256;

/** Returns the text of a file with a JSON object; null where the name is none of such a file, as that of an image. */
export function savedDocument(path: string): string | null {
  if (pathStatus(path)?.isFile() !== true) return null;
  return reading(path, () => (startsObject(path) ? readFileSync(path, 'utf8') : null));
}

function startsObject(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return /^\ufeff?\s*\{/.test(head.toString('utf8', 0, readSync(file, head)));
  } finally {
    closeSync(file);
  }
}
