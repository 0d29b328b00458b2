import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { readFully } from '@layers/core/io';

/**
 * Reads a small regular file; does not follow symlinks. Throws the system's errors, EFBIG for more than `limit` bytes, and
 * EINVAL for other file types.
 */
export function readRegularFile(path: string, limit: number): Uint8Array {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  const descriptor = openSync(
    path,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  );
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
    if (stat.size > limit)
      throw Object.assign(new Error(`the file has ${stat.size} bytes`), { code: 'EFBIG' });
    const bytes = new Uint8Array(stat.size);
    return bytes.subarray(0, readFully(descriptor, bytes, 0));
  } finally {
    closeSync(descriptor);
  }
}
