import { systemCode } from '@layers/core/io';
import { isLayersError } from '@layers/errors';

/** Whether an error says that the disk, or the quota of the user, is used up. */
export function isDiskFull(error: unknown): boolean {
  const code = systemCode(isLayersError(error) ? error.cause : error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
