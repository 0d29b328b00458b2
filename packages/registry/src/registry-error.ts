import { isLayersError, LayersError } from '@layers/errors';
import { HttpFailure } from './http/http-failure.js';
import type { HttpResponse } from './http/http-message.js';

/** Where a request went: for messages. */
export interface RequestPlace {
  /** `host:port`. */
  readonly host: string;
  /** What was asked for, such as `the manifest of localhost:5000/app:1`. */
  readonly what: string;
  /** Whether the registry is written to. */
  readonly isWrite: boolean;
}

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_MESSAGE_LENGTH = 500;

function codeOf({ isWrite }: RequestPlace): 'ERR_LAYERS_REGISTRY' | 'ERR_LAYERS_REGISTRY_WRITE' {
  return isWrite ? 'ERR_LAYERS_REGISTRY_WRITE' : 'ERR_LAYERS_REGISTRY';
}

/** Returns the error for a request without a complete response. Other errors are returned unchanged. */
export function requestError(place: RequestPlace, error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  return new LayersError(codeOf(place), `${place.host}: ${place.what}: ${error.message}`, {
    cause: error,
    hint: (isLayersError(error.cause) ? error.cause.hint : undefined) ?? HINTS[error.kind],
  });
}

const HINTS = {
  unreachable: 'check the name of the registry and the network',
  untrusted: 'add the certificate authority of the registry to certs.d, or name it',
  'no-tls': 'a registry without TLS is used only on this machine, or where it is asked for',
  cut: 'try again; the registry or a proxy may have a limit',
  silent: 'try again; the registry may be overloaded',
  protocol: 'check that the address is that of a registry',
} as const;

/** Returns the error for what a registry answered against the specification. */
export function wrongAnswer(place: RequestPlace, problem: string, cause?: unknown): LayersError {
  return new LayersError(codeOf(place), `${place.host}: ${place.what}: ${problem}`, {
    cause,
    hint: 'check that the address is that of a registry, and that no proxy changes its answers',
  });
}

/** An error of the distribution specification. */
export interface RegistryProblem {
  /** Such as `MANIFEST_UNKNOWN`; '' where the registry states none. */
  readonly code: string;
  readonly message: string;
}

/** Reads the errors of a response (distribution-spec, "Error Codes"). The list is empty for a body of another form. */
export async function readProblems(response: HttpResponse): Promise<readonly RegistryProblem[]> {
  let bytes: Uint8Array | null;
  try {
    bytes = await response.bytes(MAX_ERROR_BYTES);
  } catch (error) {
    if (error instanceof HttpFailure) return [];
    throw error;
  }
  return bytes === null ? [] : parseProblems(new TextDecoder().decode(bytes));
}

function parseProblems(text: string): readonly RegistryProblem[] {
  const parsed = parseOrNull(text);
  const errors = fieldOf(parsed, 'errors');
  if (Array.isArray(errors)) return errors.slice(0, 10).map(problemOf);
  // Token servers answer `{"details": …}` or `{"error": …, "error_description": …}`; others send a line of text.
  const message = ['error_description', 'details', 'message', 'error'].map((name) => fieldOf(parsed, name));
  const stated = message.find((value) => typeof value === 'string');
  if (typeof stated === 'string') return [{ code: '', message: short(stated) }];
  const line = text.trim();
  return line === '' || /[<{\n]/.test(line) ? [] : [{ code: '', message: short(line) }];
}

function problemOf(error: unknown): RegistryProblem {
  const [code, message] = [fieldOf(error, 'code'), fieldOf(error, 'message')];
  return {
    code: typeof code === 'string' ? short(code) : '',
    message: typeof message === 'string' ? short(message) : '',
  };
}

/** Returns problems as one text; '' for none. */
export function problemText(problems: readonly RegistryProblem[]): string {
  return problems
    .map(({ code, message }) => (message === '' ? code : message))
    .filter((text) => text !== '')
    .join('; ');
}

/** Returns the error for a status that is neither a success nor expected. */
export async function statusError(place: RequestPlace, response: HttpResponse): Promise<LayersError> {
  const { status } = response;
  const text = problemText(await readProblems(response));
  const said =
    text === '' ? `the registry answers with the HTTP status ${status}` : `${text} (HTTP status ${status})`;
  if (status === 401 || status === 403) return deniedError(place, said);
  const hint =
    status === 429
      ? 'the registry limits the rate of requests: try again later, or with credentials'
      : status === 413
        ? 'the registry or a proxy limits the size of uploads'
        : status >= 500
          ? 'try again later; the log of the registry may say why'
          : 'check that the address is that of a registry';
  return new LayersError(codeOf(place), `${place.host}: ${place.what}: ${said}`, { hint });
}

/** Returns the error for a request that the registry does not allow. */
export function deniedError(place: RequestPlace, problem: string, cause?: unknown): LayersError {
  return new LayersError('ERR_LAYERS_REGISTRY_AUTH', `${place.host}: ${place.what}: ${problem}`, {
    cause,
    hint: 'check the name, and that the credentials are valid and allow this',
  });
}

/** Returns a field of a JSON object; undefined where there is none. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A registry may repeat the credentials of the request in its error. */
const CREDENTIALS = /\b(Basic|Bearer)\s+[\w+/=.~-]{8,}/gi;

function short(whole: string): string {
  const text = whole.replaceAll(CREDENTIALS, '$1 …');
  return text.length <= MAX_MESSAGE_LENGTH ? text : `${text.slice(0, MAX_MESSAGE_LENGTH)}…`;
}
