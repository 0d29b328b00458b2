import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { limitInterim } from '@layers/core/io';
import { freeChunk } from './free-chunk.js';
import { HttpFailure, httpFailure } from './http-failure.js';
import type { HttpRequest, HttpResponse, RequestBody } from './http-message.js';
import { messageChunks } from './message-chunks.js';

export interface ExchangeOptions {
  readonly agent: Agent;
  readonly signal?: AbortSignal | undefined;
  /** The longest time without progress, in milliseconds. */
  readonly idleTimeoutMs?: number | undefined;
}

const DEFAULT_IDLE_TIMEOUT_MS = 60_000;

/** Less in the time of the timeout is no progress: a server that sends byte by byte would hold the client for days. */
const MIN_PROGRESS_BYTES = 1024;

/** A registry may need minutes to store a large blob after the last byte. */
const COMMIT_TIMEOUTS = 5;

/** A document that takes longer than this many timeouts is given up, whatever progress it makes. */
const DOCUMENT_TIMEOUTS = 5;

/** Reading a short rest of a body is cheaper than a new connection. */
const MAX_DRAINED_BYTES = 64 * 1024;

/**
 * Sends one request and returns the response, whatever its status. Follows no redirect.
 *
 * Throws HttpFailure where no response arrives, what the body throws, and the reason of the signal.
 */
export function exchange(request: HttpRequest, options: ExchangeOptions): Promise<HttpResponse> {
  options.signal?.throwIfAborted();
  return new HttpExchange(request, options).response();
}

/** One request and its response. It ends with a response or an error, whatever the server does. */
class HttpExchange {
  readonly #url: URL;
  readonly #request: ClientRequest;
  readonly #body: RequestBody | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #idleTimeoutMs: number;
  readonly #onAbort = () => this.#fail(this.#signal?.reason);
  #failure: { readonly error: unknown } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #progressBytes = 0;
  #isAnswered = false;
  /** False while the caller has the turn: its slowness is not the server's. */
  #waitsForServer = true;

  constructor({ method, url, headers, body }: HttpRequest, options: ExchangeOptions) {
    const { agent, signal, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = options;
    this.#url = url;
    this.#body = body;
    this.#signal = signal;
    this.#idleTimeoutMs = idleTimeoutMs;
    // Go's servers, and so most registries, need a length for a request that could have a body.
    const needsLength = method === 'POST' || method === 'PUT' || method === 'PATCH';
    const length = needsLength ? { 'content-length': String(body?.size ?? 0) } : {};
    // A compressed response would have another digest and another length.
    const all = { 'accept-encoding': 'identity', ...headers, ...length };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    this.#request = send(url, { method, headers: all, agent });
    limitInterim(this.#request, () => this.#fail(protocol('the server sends no final response')));
    signal?.addEventListener('abort', this.#onAbort);
    this.#watch();
  }

  async response(): Promise<HttpResponse> {
    const head = new Promise<IncomingMessage>((resolve, reject) => {
      this.#request.on('response', (message) => {
        this.#isAnswered = true;
        resolve(message);
      });
      this.#request.on('error', (cause) => reject(this.#errorFor(cause)));
      this.#request.on('close', () => reject(this.#errorFor(new HttpFailure('cut', 'no response arrived'))));
    });
    // A failure while the body is sent must not be reported twice.
    head.catch(() => {});
    try {
      await this.#sendBody();
      this.#watch(this.#body === undefined ? 1 : COMMIT_TIMEOUTS);
      const message = await head;
      this.#watch();
      return this.#responseOf(message);
    } catch (error) {
      this.#end();
      this.#request.destroy();
      throw error;
    }
  }

  /** Sends the body, but no more of it once a response has arrived: a server may refuse it at once. */
  async #sendBody(): Promise<void> {
    if (this.#body !== undefined) {
      let sentBytes = 0;
      this.#waitsForServer = false;
      for await (const chunk of this.#body.open()) {
        if (this.#isAnswered) return;
        if (this.#request.destroyed) return;
        sentBytes += chunk.length;
        this.#waitsForServer = true;
        await this.#written(chunk);
        this.#progressBytes += chunk.length;
        this.#waitsForServer = false;
      }
      this.#waitsForServer = true;
      if (sentBytes !== this.#body.size)
        throw new Error(`the body has ${sentBytes} bytes, not ${this.#body.size}`);
    }
    this.#request.end();
  }

  /** Resolves once the memory of a chunk may be used again, or the request is over. */
  #written(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const events = ['response', 'close', 'error'];
      const done = () => {
        for (const event of events) this.#request.off(event, done);
        resolve();
      };
      for (const event of events) this.#request.on(event, done);
      this.#request.write(chunk, done);
    });
  }

  #responseOf(message: IncomingMessage): HttpResponse {
    return {
      url: this.#url,
      status: message.statusCode ?? 0,
      header: (name) => message.headersDistinct[name]?.[0],
      headers: (name) => message.headersDistinct[name] ?? [],
      body: ({ freesMemory = false } = {}) => this.#bodyOf(message, freesMemory),
      bytes: (maxBytes) => this.#bytesOf(message, maxBytes),
      discard: () => {
        this.#end();
        const length = Number(message.headers['content-length'] ?? Number.NaN);
        // The request is still sending, or the rest is long.
        if (!this.#request.writableFinished || !(length <= MAX_DRAINED_BYTES)) message.destroy();
        else message.on('error', () => {}).resume();
      },
    };
  }

  async *#bodyOf(message: IncomingMessage, freesMemory = false): AsyncGenerator<Uint8Array> {
    let isComplete = false;
    try {
      for await (const chunk of messageChunks(message)) {
        this.#progressBytes += chunk.length;
        this.#waitsForServer = false;
        yield chunk;
        if (freesMemory) freeChunk(chunk);
        this.#waitsForServer = true;
      }
      if (!message.complete) throw new HttpFailure('cut', 'the response ended too early');
      isComplete = true;
    } catch (cause) {
      throw this.#errorFor(cause);
    } finally {
      this.#end();
      if (!isComplete) message.destroy();
    }
  }

  async #bytesOf(message: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
    const timer = setTimeout(() => this.#fail(silent()), this.#idleTimeoutMs * DOCUMENT_TIMEOUTS);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of this.#bodyOf(message)) {
        bytes += chunk.length;
        if (bytes > maxBytes) return null;
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#end();
    // `close` of a request or a message ends whatever waits for it.
    this.#request.destroy();
  }

  #errorFor(cause: unknown): unknown {
    return this.#failure === null ? httpFailure(cause) : this.#failure.error;
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  /** Fails the exchange unless enough bytes pass within the timeout. */
  #watch(timeouts = 1): void {
    clearTimeout(this.#timer);
    const before = this.#progressBytes;
    this.#timer = setTimeout(() => {
      if (!this.#waitsForServer || this.#progressBytes - before >= MIN_PROGRESS_BYTES) this.#watch();
      else this.#fail(silent());
    }, this.#idleTimeoutMs * timeouts);
  }
}

function silent(): HttpFailure {
  return new HttpFailure('silent', 'the server sends nothing any more');
}

function protocol(message: string): HttpFailure {
  return new HttpFailure('protocol', message);
}
