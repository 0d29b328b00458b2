import { isLayersError, LayersError } from '@layers/errors';

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota of disk space is used up',
  EFBIG: 'the file system takes no file of this size',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a directory',
  EIO: 'the device reports an error',
  EPIPE: 'whoever read it has gone',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  EBUSY: 'it is in use',
  ELOOP: 'symbolic links go in a circle',
};

const HINT: Readonly<Record<string, string>> = {
  ENOSPC: 'make room, or write to another disk',
  EDQUOT: 'make room, or write to another disk',
  ENOENT: 'make the folder first',
  EISDIR: 'name a file in it',
  EPIPE: 'see why the reading command ended',
};

/** The `code` of a system's error, such as `ENOSPC`; undefined for errors without one. */
export function systemCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

/** ERR_LAYERS_WRITE_OUTPUT: the system's refusal to write `path`, in one line, with the system's error as cause. */
export function writeError(path: string, cause: unknown): LayersError {
  const code = systemCode(cause);
  const why = code === undefined ? messageOf(cause) : (WHY[code] ?? code);
  return new LayersError('ERR_LAYERS_WRITE_OUTPUT', `cannot write ${path}: ${why}`, {
    cause,
    hint: HINT[code ?? ''] ?? 'check the path and its permissions',
  });
}

/** What went wrong with a file that stands for `path` until it is whole, told of `path` itself; other errors as they are. */
export function toldOf(path: string, error: unknown): unknown {
  const isOurs = isLayersError(error) && error.code === 'ERR_LAYERS_WRITE_OUTPUT';
  return isOurs && systemCode(error.cause) !== undefined ? writeError(path, error.cause) : error;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unknown error';
}

/** Does what writes `path`; what the system refuses becomes ERR_LAYERS_WRITE_OUTPUT. */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw writeError(path, cause);
  }
}
