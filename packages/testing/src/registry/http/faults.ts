import type { RequestRecord } from './request-log.ts';

/** A number of bytes, or a share of all bytes from 0 to 1. */
export type Amount = number | { readonly share: number };

/** What goes wrong with one request. */
export type Fault =
  /**
   * Closes the connection after some bytes of the request body, at the latest before the answer: a request with a
   * shorter body is carried out, and its answer is lost.
   */
  | { readonly kind: 'cut-request'; readonly after: Amount; readonly reset?: boolean }
  /** Closes the connection after some bytes of the response body. */
  | { readonly kind: 'cut-response'; readonly after: Amount; readonly reset?: boolean }
  /** Never answers. */
  | { readonly kind: 'silence' }
  /** Sends some bytes of the response body, then nothing more, on an open connection. */
  | { readonly kind: 'stall'; readonly after: Amount }
  /** Sends the response body in small pieces. */
  | { readonly kind: 'slow'; readonly bytes: number; readonly everyMs: number }
  /** Answers with a status, and does not carry out the request. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Expires the token of the request before it is checked. */
  | { readonly kind: 'expired-token' }
  /** Declares more bytes than the body has, or less. */
  | { readonly kind: 'content-length'; readonly add: number }
  /** Changes one byte of the response body. */
  | { readonly kind: 'wrong-byte'; readonly at: Amount }
  /** Sends the response body again and again, without a declared length. */
  | { readonly kind: 'endless-body' }
  /** Sends answers with status 102 again and again. */
  | { readonly kind: 'endless-informational' }
  /** Sends bytes that are not HTTP. */
  | { readonly kind: 'garbage' }
  /** Redirects to a URL, such as one with `http:`. The status is 307 by default. */
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  /** Redirects to the URL of the request. */
  | { readonly kind: 'redirect-loop' }
  /** Declares the digest of other bytes in `Docker-Content-Digest`. */
  | { readonly kind: 'wrong-digest' }
  /** Compresses the response body, with `Content-Encoding: gzip`. */
  | { readonly kind: 'gzip' };

export type FaultKind = Fault['kind'];

/** Chooses the fault of a request. Called once, when the headers of the request have arrived. */
export type FaultPlan = (request: RequestRecord) => Fault | null;

/** Returns the number of bytes that an amount means. */
export function bytesOf(amount: Amount, total: number): number {
  return typeof amount === 'number' ? Math.min(amount, total) : Math.floor(total * amount.share);
}

/** Returns a fault that asks the client to wait, for seconds or until a time. */
export function tooManyRequests(retryAfter: number | Date): Fault {
  const value = typeof retryAfter === 'number' ? String(retryAfter) : retryAfter.toUTCString();
  return {
    kind: 'status',
    status: 429,
    headers: { 'Retry-After': value, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      errors: [{ code: 'TOOMANYREQUESTS', message: 'too many requests', detail: null }],
    }),
  };
}

/** Returns a fault that answers as a proxy does: with a page. */
export function htmlPage(status: number): Fault {
  const body = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
  return { kind: 'status', status, headers: { 'Content-Type': 'text/html' }, body };
}
