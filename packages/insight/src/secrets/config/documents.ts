import { parseJson } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';

/** Returns the JSON value of a document; null where it is none, which is reported elsewhere. */
export function parsedOrNull(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, 'document');
  } catch (error) {
    if (isLayersError(error)) return null;
    throw error;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
