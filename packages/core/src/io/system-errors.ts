import { isLayersError, LayersError } from '@layers/errors';

/** The messages of strerror(3), for the codes that file operations return. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'file exists',
  EFBIG: 'file too large',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ENFILE: 'too many open files in system',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EPIPE: 'broken pipe',
  EROFS: 'read-only file system',
};

const WRITE_HINTS: Readonly<Record<string, string>> = {
  EDQUOT: 'free some space, or write to another disk',
  EISDIR: 'name a file in the directory',
  ENOENT: 'create the directory first',
  ENOSPC: 'free some space, or write to another disk',
  EPIPE: 'find out why the reading command ended',
};

/** Returns the `code` of a system error, such as `ENOSPC`; undefined for other errors. */
export function systemCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || isLayersError(cause) || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

/** Returns what went wrong in a few words: the message of strerror(3) for a system error. */
export function systemReason(cause: unknown): string {
  const code = systemCode(cause);
  if (code !== undefined) return REASONS[code] ?? code;
  return cause instanceof Error ? cause.message : 'unknown error';
}

/** Returns ERR_LAYERS_READ for a file or directory that cannot be read, with the system's error as `cause`. */
export function readError(path: string, cause: unknown): LayersError {
  return new LayersError('ERR_LAYERS_READ', `cannot read ${path}: ${systemReason(cause)}`, {
    cause,
    archive: path,
    hint: systemCode(cause) === 'ENOENT' ? 'check the path' : 'check the path and its permissions',
  });
}

/** Returns ERR_LAYERS_WRITE_OUTPUT for a path that cannot be written, with the system's error as `cause`. */
export function writeError(path: string, cause: unknown): LayersError {
  return new LayersError('ERR_LAYERS_WRITE_OUTPUT', `cannot write ${path}: ${systemReason(cause)}`, {
    cause,
    hint: WRITE_HINTS[systemCode(cause) ?? ''] ?? 'check the path and its permissions',
  });
}

/** Runs `read`, and throws what it throws as ERR_LAYERS_READ for `path`. */
export function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw readError(path, cause);
  }
}

/** Runs `write`, and throws what it throws as ERR_LAYERS_WRITE_OUTPUT for `path`. */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw writeError(path, cause);
  }
}

/**
 * Returns an ERR_LAYERS_WRITE_OUTPUT for a temporary file as the same error for `path`, the output that the file was
 * for. Returns other errors unchanged.
 */
export function withOutputPath(path: string, error: unknown): unknown {
  const isWriteError = isLayersError(error) && error.code === 'ERR_LAYERS_WRITE_OUTPUT';
  return isWriteError && systemCode(error.cause) !== undefined ? writeError(path, error.cause) : error;
}
