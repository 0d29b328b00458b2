/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** The codes of errors in the distribution specification, with their usual status. */
const CODES = {
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_INVALID: [404, 'blob upload invalid'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  DENIED: [403, 'requested access to the resource is denied'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  MANIFEST_BLOB_UNKNOWN: [404, 'manifest references a manifest or blob unknown to registry'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown to registry'],
  NAME_INVALID: [400, 'invalid repository name'],
  NAME_UNKNOWN: [404, 'repository name not known to registry'],
  PAGINATION_NUMBER_INVALID: [400, 'invalid number of results requested'],
  RANGE_INVALID: [416, 'invalid content range'],
  SIZE_INVALID: [400, 'provided length did not match content length'],
  TAG_INVALID: [400, 'manifest tag did not match URI'],
  UNAUTHORIZED: [401, 'authentication required'],
  UNSUPPORTED: [405, 'the operation is unsupported'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type RegistryErrorCode = keyof typeof CODES;

interface ErrorParts {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly detail?: unknown;
  /** One for each error, where there are several. */
  readonly details?: readonly unknown[];
}

/** Returns an answer with an error, in the JSON of the specification. */
export function errorAnswer(code: RegistryErrorCode, parts: ErrorParts = {}): Answer {
  const [usual, message] = CODES[code];
  const { status = usual, headers = {}, detail = null, details = [detail] } = parts;
  const errors = details.map((each) => ({ code, message, detail: each }));
  return jsonAnswer({ errors }, { status, headers });
}

/** Returns an answer with a JSON document. */
export function jsonAnswer(
  document: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Answer {
  const type = { 'Content-Type': JSON_TYPE };
  return { status, headers: { ...type, ...headers }, body: Buffer.from(`${JSON.stringify(document)}\n`) };
}
