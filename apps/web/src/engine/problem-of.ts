import { isLayersError } from '@layers/errors';
import type { Problem } from '../messages/messages.js';

/** Returns an error as data. What is no LayersError is a fault of the page. */
export function problemOf(error: unknown): Problem {
  if (isLayersError(error)) {
    const { code, message, hint = null, archive = null, file = null, offset = null } = error;
    return { code, message, hint, archive, file, offset };
  }
  return {
    code: 'ERR_LAYERS_INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    hint: 'this is a fault of the page: report it',
    archive: null,
    file: null,
    offset: null,
  };
}
