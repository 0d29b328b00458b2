import type { ClientRequest, IncomingMessage } from 'node:http';
import { isLayersError } from '@layers/errors';
import { type ApiRequest, requestTo } from './api-request.js';
import { connectionError, connectionLost, type DaemonErrorCode, engineSilent } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { type DaemonOptions, DEFAULT_PATIENCE_MS, pingDaemon } from './ping.js';

/** One request and its answer, watched over: it ends in an answer or in an error, whatever the engine does. */
export interface DaemonExchange {
  readonly endpoint: DaemonEndpoint;
  readonly code: DaemonErrorCode;
  readonly patienceMs: number;
  /** The body of a POST is the caller's to send and to end. */
  readonly request: ClientRequest;
  /** The head of the answer, whatever its status. Its body is to be read by `bytes`. */
  readonly answer: Promise<IncomingMessage>;
  /** The answer's body. Throws where it is cut short, and what `fail` was given. Ends the conversation. */
  bytes(answer: IncomingMessage): AsyncGenerator<Uint8Array>;
  /** Ends the conversation with an error, unless it has ended. */
  fail(error: unknown): void;
  close(): void;
}

/** Begins a conversation. Throws what `signal` throws; nothing else, for whatever goes wrong is told by `answer`. */
export function converse(
  endpoint: DaemonEndpoint,
  question: ApiRequest,
  { signal, patienceMs = DEFAULT_PATIENCE_MS }: DaemonOptions,
  code: DaemonErrorCode,
): DaemonExchange {
  signal?.throwIfAborted();
  const request = requestTo(endpoint, question);
  let failure: { readonly error: unknown } | null = null;

  const onAbort = () => fail(signal?.reason);
  const watch = watchOver(endpoint, patienceMs, code, (error) => fail(error));
  const close = () => {
    watch.stop();
    signal?.removeEventListener('abort', onAbort);
    request.destroy();
  };
  const fail = (error: unknown) => {
    failure ??= { error };
    close();
  };
  const explained = (cause: unknown, otherwise: typeof connectionError) =>
    failure === null ? otherwise(code, endpoint, cause) : failure.error;
  signal?.addEventListener('abort', onAbort);

  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', (cause) => reject(explained(cause, connectionError)));
    request.on('close', () =>
      reject(explained(undefined, (_, at, cause) => connectionLost(code, at, cause))),
    );
  });
  answer.then(watch.seen, close);
  if (question.method === 'GET') request.end();

  async function* bytes(message: IncomingMessage): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of message) {
        watch.seen();
        if (chunk instanceof Uint8Array) yield chunk;
      }
    } catch (cause) {
      if (isLayersError(cause)) throw cause;
      throw explained(cause, (_, at, why) => connectionLost(code, at, why));
    } finally {
      close();
    }
  }
  return { endpoint, code, patienceMs, request, answer, bytes, fail, close };
}

interface Watch {
  /** Something came. */
  seen(): void;
  stop(): void;
}

/** Pings an engine that has been silent for long, and tells where it does not answer that either. */
function watchOver(
  endpoint: DaemonEndpoint,
  patienceMs: number,
  code: DaemonErrorCode,
  onGone: (error: unknown) => void,
): Watch {
  let stopped = false;
  let last = performance.now();
  let timer: NodeJS.Timeout;
  const arm = (delay: number) => {
    if (!stopped) timer = setTimeout(look, delay);
  };
  const look = () => {
    const silence = performance.now() - last;
    if (silence < patienceMs) return arm(patienceMs - silence);
    pingDaemon(endpoint, { patienceMs }, code).then(
      () => arm(patienceMs),
      (error) => {
        if (!stopped) onGone(engineSilent(code, endpoint, error));
      },
    );
  };
  arm(patienceMs);
  return {
    seen() {
      last = performance.now();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
