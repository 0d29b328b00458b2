import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { readFully } from '@layers/core/io';

/**
 * The bytes of a small regular file, which is no symlink. Throws the system's own errors; EFBIG for more than `limit`
 * bytes, EINVAL for what is no regular file.
 */
export function readRegularFile(path: string, limit: number): Uint8Array {
  // Without O_NONBLOCK, opening a pipe would wait for someone to write to it.
  const descriptor = openSync(
    path,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  );
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw Object.assign(new Error('it is no regular file'), { code: 'EINVAL' });
    if (stat.size > limit) throw Object.assign(new Error(`it has ${stat.size} bytes`), { code: 'EFBIG' });
    const bytes = new Uint8Array(stat.size);
    return bytes.subarray(0, readFully(descriptor, bytes, 0));
  } finally {
    closeSync(descriptor);
  }
}
