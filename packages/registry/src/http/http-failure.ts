import { systemCode } from '@layers/core/io';
import { isLayersError } from '@layers/errors';

/** Why no response, or only a part of one, arrived. */
export type FailureKind =
  /** No connection to the server. */
  | 'unreachable'
  /** The certificate of the server is not trusted, or it refused ours. */
  | 'untrusted'
  /** The server does not speak TLS. */
  | 'no-tls'
  /** The connection ended too early. */
  | 'cut'
  /** Nothing arrived for too long. */
  | 'silent'
  /** What arrived is not HTTP, or breaks its rules. */
  | 'protocol';

/** A request that got no complete response. A response with an error status is not a failure. */
export class HttpFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HttpFailure';
    this.kind = kind;
  }

  /** Whether the same request can succeed later. */
  get isTransient(): boolean {
    return this.kind === 'cut' || this.kind === 'silent' || this.kind === 'unreachable';
  }
}

const UNREACHABLE: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection is refused'],
  ['ENOTFOUND', 'the name of the host is unknown'],
  ['EAI_AGAIN', 'the name of the host cannot be looked up'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the network cannot be reached'],
  ['ETIMEDOUT', 'the connection timed out'],
]);
const NO_TLS = /^(?:EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/;
const UNTRUSTED = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_OSSL)/;

/** Returns the failure for an error of `node:http`, `node:https` or a socket. */
export function httpFailure(cause: unknown): HttpFailure {
  if (cause instanceof HttpFailure) return cause;
  // A proxy that cannot be used.
  if (isLayersError(cause)) return new HttpFailure('unreachable', cause.message, cause);
  const code = systemCode(cause) ?? '';
  const unreachable = UNREACHABLE.get(code);
  if (unreachable !== undefined) return new HttpFailure('unreachable', unreachable, cause);
  const reason = cause instanceof Error ? cause.message : code;
  // OpenSSL reports an alert of the server, such as `certificate required`, as EPROTO too.
  if (NO_TLS.test(code) && !/alert/.test(reason))
    return new HttpFailure('no-tls', 'the server does not speak TLS', cause);
  if (NO_TLS.test(code) || UNTRUSTED.test(code))
    return new HttpFailure('untrusted', `TLS failed: ${opensslReason(reason)}`, cause);
  if (code.startsWith('HPE_'))
    return new HttpFailure('protocol', 'the server does not answer in HTTP', cause);
  return new HttpFailure('cut', 'the connection was closed too early', cause);
}

/** Returns the readable part of `error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:…`. */
function opensslReason(message: string): string {
  return /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
}
