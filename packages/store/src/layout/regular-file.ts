import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

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
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(descriptor, bytes, filled, bytes.length - filled, filled);
      if (got === 0) break;
      filled += got;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}
