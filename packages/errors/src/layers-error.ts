import type { ErrorCode } from './codes.js';
import { printable } from './printable.js';

/** The location of an error. */
export interface ErrorPlace {
  /** The archive, layout or file as the caller named it. */
  readonly archive?: string | undefined;
  /** The file of the archive, or the blob. */
  readonly file?: string | undefined;
  /** Position in bytes, counted in the tar (or blob) that was being read. */
  readonly offset?: number | undefined;
}

/** The optional parts of a {@link LayersError}. */
export interface ErrorDetails extends ErrorPlace {
  /** What the user can do about the error. */
  readonly hint?: string | undefined;
  /** The original error. */
  readonly cause?: unknown;
}

/** From the global symbol registry, so that several copies of this package recognise each other's errors. */
const BRAND = Symbol.for('layers.error');

/**
 * The error class of all packages. Programs test `code`; people read `message` and `hint`.
 *
 * Both texts are safe to print: their control characters are escaped. The message is one line; a hint may have several.
 *
 * @example
 * ```ts
 * throw new LayersError('ERR_LAYERS_READ', 'cannot read app.tar', { hint: 'check the path', cause: error });
 * ```
 */
export class LayersError extends Error {
  /** The kind of error, from a closed list. */
  readonly code: ErrorCode;
  /** What the user can do about the error. */
  readonly hint: string | undefined;
  /** Position in bytes, counted in the tar (or blob) that was being read. */
  readonly offset: number | undefined;
  /** The file of the archive, or the blob. */
  readonly file: string | undefined;
  /** The archive, layout or file as the caller named it. */
  readonly archive: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(printable(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LayersError';
    this.code = code;
    this.hint = details.hint?.split('\n').map(printable).join('\n');
    this.offset = details.offset;
    this.file = details.file;
    this.archive = details.archive;
  }

  get [BRAND](): true {
    return true;
  }
}

/**
 * Returns whether `value` is a `LayersError`, also of another copy of this package.
 *
 * @example
 * ```ts
 * if (isLayersError(error) && error.code === 'ERR_LAYERS_READ') console.error(error.hint);
 * ```
 */
export function isLayersError(value: unknown): value is LayersError {
  return value instanceof Error && BRAND in value;
}

/**
 * Returns a copy of a `LayersError` with the missing parts of its location from `place`, and the original as its
 * `cause`. Returns any other value unchanged.
 *
 * @example
 * ```ts
 * catch (error) {
 *   throw withContext(error, { archive: 'app.tar', file: 'layer.tar' });
 * }
 * ```
 */
export function withContext(error: unknown, place: ErrorPlace): unknown {
  if (!isLayersError(error)) return error;
  const { code, message, hint } = error;
  return new LayersError(code, message, {
    hint,
    cause: error,
    offset: error.offset ?? place.offset,
    file: error.file ?? place.file,
    archive: error.archive ?? place.archive,
  });
}
