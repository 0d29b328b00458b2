import type { ErrorCode } from './codes.js';
import { printable } from './printable.js';

/** Where an error happened. */
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
  /** One line that says what to try. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** From the symbol registry of the process, so that several copies of this package recognise it. */
const BRAND = Symbol.for('layers.error');

/**
 * The error class of all packages. Programs test `code`; people read `message` and `hint`.
 *
 * Both texts are safe to print: `printable` escapes control characters. The message is one line; a hint may have
 * several.
 */
export class LayersError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly offset: number | undefined;
  readonly file: string | undefined;
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

/** Returns whether `value` is a `LayersError`, also one of another copy of this package. */
export function isLayersError(value: unknown): value is LayersError {
  return value instanceof Error && BRAND in value;
}

/**
 * Returns a copy of a `LayersError` with the parts of `place` that it lacks, and the original as its `cause`. Returns
 * any other value unchanged.
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
