import { isLayersError, LayersError } from '@layers/errors';

/** The code of a system's error, such as `ENOSPC`; empty for all else. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || isLayersError(error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'the operation is not permitted',
  EIO: 'the device reports an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOTDIR: 'a part of the path is no directory',
  ELOOP: 'a symlink has taken the place of a directory',
  ENOENT: 'something else removed a part of the path',
};

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or name a directory on another disk',
  EDQUOT: 'free some space, or name a directory on another disk',
  ELOOP: 'something else changes the directory: extract into one that nobody else writes to',
  ENOTDIR: 'something else changes the directory: extract into one that nobody else writes to',
  ENOENT: 'something else changes the directory: extract into one that nobody else writes to',
};

/**
 * The system's refusal to write below `directory`, as ERR_LAYERS_WRITE_OUTPUT; any other error as it is.
 *
 * @param path of what was being written, as the image has it
 */
export function writeError(error: unknown, directory: string, path: Uint8Array): unknown {
  const code = codeOf(error);
  if (code === '') return error;
  const name = JSON.stringify(Buffer.from(path).toString('utf8'));
  return new LayersError(
    'ERR_LAYERS_WRITE_OUTPUT',
    `cannot write ${name} below ${directory}: ${WHY[code] ?? code}; what is there is incomplete`,
    { cause: error, hint: HINTS[code] ?? 'check the directory and its permissions' },
  );
}
