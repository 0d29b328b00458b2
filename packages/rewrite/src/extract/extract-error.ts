import { systemCode, systemReason } from '@layers/core/io';
import { LayersError } from '@layers/errors';

const NEW_DISK = 'free some space, or extract to another disk';
const PRIVATE = 'another process changes the directory: extract into one that nobody else writes to';

const HINTS: Readonly<Record<string, string>> = {
  EDQUOT: NEW_DISK,
  ELOOP: PRIVATE,
  ENOENT: PRIVATE,
  ENOSPC: NEW_DISK,
  ENOTDIR: PRIVATE,
};

/**
 * Returns a system error as ERR_LAYERS_WRITE_OUTPUT for a path below `directory`; returns any other error unchanged.
 *
 * @param path the path in the image
 */
export function extractError(directory: string, path: Uint8Array, error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const name = JSON.stringify(Buffer.from(path).toString('utf8'));
  const message = `cannot write ${name} below ${directory}: ${systemReason(error)}; the extracted tree is incomplete`;
  return new LayersError('ERR_LAYERS_WRITE_OUTPUT', message, {
    cause: error,
    hint: HINTS[code] ?? 'check the directory and its permissions',
  });
}
