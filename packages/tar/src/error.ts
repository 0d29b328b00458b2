/** The codes that reading or writing a tar can end with. */
export type TarErrorCode =
  | 'ERR_LAYERS_TAR_CHECKSUM'
  | 'ERR_LAYERS_TAR_TRUNCATED'
  | 'ERR_LAYERS_TAR_NUMBER'
  | 'ERR_LAYERS_TAR_EXTENSION_TOO_LARGE'
  | 'ERR_LAYERS_TAR_SPARSE'
  | 'ERR_LAYERS_TAR_UNENCODABLE';

/** Every code starts alike, so that a program can tell our errors from others by a prefix. */
export type ErrorCode = `ERR_LAYERS_${string}`;

export interface ErrorDetails {
  /** One line that says what to try. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Position in bytes where the trouble is, counted in the tar (or blob) that was being read. */
  readonly offset?: number | undefined;
  /** The archive member or blob in which the trouble is. */
  readonly member?: string | undefined;
  /** The archive, layout or file as the caller named it. */
  readonly archive?: string | undefined;
}

/** Longer messages tell nobody more. */
const MAX_TEXT = 1000;

// C0, DEL, C1, and what turns text around or hides in it.
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * Text that quotes an archive, safe to print: control characters and those that turn text around or hide in it are
 * written as `\u001b`, and what is longer than any message is cut.
 */
export function printable(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return cut.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * The one error class. `code` is for programs, `message` and `hint` are for people: a line each, made `printable`,
 * but for a hint's own line breaks.
 */
export class LayersError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly offset: number | undefined;
  readonly member: string | undefined;
  readonly archive: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(printable(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LayersError';
    this.code = code;
    this.hint = details.hint?.split('\n').map(printable).join('\n');
    this.offset = details.offset;
    this.member = details.member;
    this.archive = details.archive;
  }
}

/** Whether `value` is one of our errors, also across two copies of this package. */
export function isLayersError(value: unknown): value is LayersError {
  return (
    value instanceof Error &&
    'code' in value &&
    typeof value.code === 'string' &&
    value.code.startsWith('ERR_LAYERS_')
  );
}

/** The same error, told also in which archive and member it happened; other errors are left as they are. */
export function placed(
  error: unknown,
  place: { archive?: string | undefined; member?: string | undefined },
): unknown {
  if (!isLayersError(error)) return error;
  return new LayersError(error.code, error.message, {
    hint: error.hint,
    cause: error.cause ?? error,
    offset: error.offset,
    member: error.member ?? place.member,
    archive: error.archive ?? place.archive,
  });
}
