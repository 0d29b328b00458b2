import type { ClientRequest, IncomingMessage } from 'node:http';
import { limitInterim } from '@layers/core/io';
import { isLayersError, type LayersError } from '@layers/errors';
import { fieldOf, parseJsonOrNull } from '../json-value.js';
import { type ApiRequest, createRequest } from './api-request.js';
import {
  connectionError,
  connectionLost,
  type DaemonErrorCode,
  engineRefusal,
  engineSilent,
  unexpectedAnswer,
} from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { type DaemonOptions, DEFAULT_IDLE_TIMEOUT_MS, pingDaemon } from './ping.js';

/** Docker's error messages are one line. A longer body is something else. */
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_ERROR_TEXT = 600;

/**
 * One request to a Docker Engine and its response. It ends with a response or an error, whatever the engine does: an engine
 * that sends nothing for `idleTimeoutMs` is pinged, and the exchange fails if it does not answer the ping either.
 */
export class DaemonExchange {
  readonly endpoint: DaemonEndpoint;
  readonly code: DaemonErrorCode;
  /** The caller writes and ends the body of a POST. */
  readonly request: ClientRequest;
  readonly #signal: AbortSignal | undefined;
  readonly #idleTimeoutMs: number;
  readonly #head: Promise<IncomingMessage>;
  readonly #onAbort = () => this.fail(this.#signal?.reason);
  #failure: { readonly error: unknown } | null = null;
  #isClosed = false;
  #lastReceivedMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  /** Throws what `signal` throws. All other errors are reported by `response`. */
  constructor(
    endpoint: DaemonEndpoint,
    apiRequest: ApiRequest,
    { signal, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS }: DaemonOptions,
    code: DaemonErrorCode,
  ) {
    signal?.throwIfAborted();
    this.endpoint = endpoint;
    this.code = code;
    this.#signal = signal;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.request = createRequest(endpoint, apiRequest);
    limitInterim(this.request, () => this.fail(unexpectedAnswer(code, endpoint, 'sends no final response')));
    this.#watch(idleTimeoutMs);
    signal?.addEventListener('abort', this.#onAbort);
    this.#head = new Promise<IncomingMessage>((resolve, reject) => {
      this.request.on('response', resolve);
      this.request.on('error', (cause) => reject(this.#errorFor(connectionError(code, endpoint, cause))));
      this.request.on('close', () => reject(this.#errorFor(connectionLost(code, endpoint))));
    });
    this.#head.then(
      () => this.#received(),
      () => this.close(),
    );
    if (apiRequest.method === 'GET') this.request.end();
  }

  /** Resolves to the response if its status is 200. Otherwise throws the engine's own message. */
  async response(): Promise<IncomingMessage> {
    const message = await this.#head;
    const status = message.statusCode ?? 0;
    if (status === 200) return message;
    throw await this.#refusal(message, status);
  }

  /** Yields the body of a response, and closes the exchange. Throws if the body is truncated, and what `fail` was given. */
  async *body(message: IncomingMessage): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of message) {
        this.#received();
        if (chunk instanceof Uint8Array) yield chunk;
      }
    } catch (cause) {
      if (isLayersError(cause)) throw cause;
      throw this.#errorFor(connectionLost(this.code, this.endpoint, cause));
    } finally {
      this.close();
    }
  }

  /** Reads the body of a response as `body` does; null if it has more than `maxBytes`. */
  async readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    // Limits the time for the whole body: one that arrives byte by byte would reset the idle timeout.
    const timer = setTimeout(() => this.fail(engineSilent(this.code, this.endpoint)), this.#idleTimeoutMs);
    try {
      for await (const chunk of this.body(message)) {
        bytes += chunk.length;
        if (bytes > maxBytes) return null;
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the exchange. Its other methods throw the error, unless it has failed before. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.close();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.request.destroy();
  }

  #errorFor(error: LayersError): unknown {
    return this.#failure === null ? error : this.#failure.error;
  }

  async #refusal(message: IncomingMessage, status: number): Promise<LayersError> {
    const unexpected = unexpectedAnswer(this.code, this.endpoint, `answers with the HTTP status ${status}`);
    try {
      const bytes = await this.readBody(message, MAX_ERROR_BYTES);
      const text = bytes === null ? null : errorMessage(bytes.toString('utf8'));
      return text === null ? unexpected : engineRefusal(this.code, text);
    } catch (cause) {
      if (isLayersError(cause)) return unexpected;
      throw cause;
    }
  }

  #received(): void {
    this.#lastReceivedMs = performance.now();
  }

  #watch(delayMs: number): void {
    if (!this.#isClosed) this.#timer = setTimeout(() => this.#checkIdle(), delayMs);
  }

  #checkIdle(): void {
    const idleMs = performance.now() - this.#lastReceivedMs;
    if (idleMs < this.#idleTimeoutMs) {
      this.#watch(this.#idleTimeoutMs - idleMs);
      return;
    }
    pingDaemon(this.endpoint, { idleTimeoutMs: this.#idleTimeoutMs }, this.code).then(
      () => this.#watch(this.#idleTimeoutMs),
      (error) => {
        if (!this.#isClosed) this.fail(engineSilent(this.code, this.endpoint, error));
      },
    );
  }
}

/** Returns the message of `{"message": …}`, or a single line of plain text, as a proxy sends it; null for other bodies. */
function errorMessage(body: string): string | null {
  const text = body.trim();
  const message = fieldOf(parseJsonOrNull(text), 'message');
  if (typeof message === 'string') return message.trim() === '' ? null : message.trim();
  return text === '' || text.length > MAX_ERROR_TEXT || /[\n<{]/.test(text) ? null : text;
}
