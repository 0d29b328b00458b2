import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Answer } from './answers.ts';
import { bytesOf, type Fault, type FaultPlan } from './faults.ts';
import type { RequestLog, RequestRecord, ServerName } from './request-log.ts';
import { answerOf, closeConnection, sendAnswer, sendFault } from './send-answer.ts';

/** The certificate of a server, as PEM text. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** Requires client certificates of this authority. */
  readonly clientCa?: string;
}

/** A request, and what a handler needs to answer it. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly record: RequestRecord;
  readonly fault: Fault | null;
  /** Passes the request body on, in pieces. Throws if the connection ends before the body. */
  receive(onBytes: (bytes: Buffer) => void): Promise<void>;
  /** Returns the request body. */
  body(): Promise<Buffer>;
}

export interface ServerOptions {
  readonly tls: ServerTls | null;
  readonly log: RequestLog;
  readonly faults: () => FaultPlan | null;
}

export interface HttpServer {
  readonly port: number;
  /** Closes all connections. */
  stop(): Promise<void>;
}

class ConnectionEnded extends Error {}

/** Starts a server on a free port of the loopback interface, whose requests are logged and can fail by plan. */
export async function startServer(
  name: ServerName,
  options: ServerOptions,
  handle: (call: Call) => Promise<Answer>,
): Promise<HttpServer> {
  const { tls, log, faults } = options;
  const sockets = new Set<Socket>();

  async function listener(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A request that ended early no longer knows its socket.
    const { socket } = request;
    const record = recordOf(name, request);
    log.add(record);
    const fault = faults()?.(record) ?? null;
    record.fault = fault?.kind ?? null;
    // A client that leaves is no error here.
    response.on('error', () => {});
    try {
      const early = fault === null ? null : answerOf(fault, record.path);
      if (early === null && fault !== null && (await sendFault(fault, response))) return;
      const answer = early ?? (await handle(callOf(request, record, fault)));
      if (fault?.kind === 'cut-request') return closeConnection(socket, fault);
      drain(request, record);
      await sendAnswer(answer, { response, record, fault });
    } catch (error) {
      socket.destroy();
      if (!(error instanceof ConnectionEnded)) throw error;
    }
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    void listener(request, response);
  };
  const server =
    tls === null
      ? createServer(onRequest)
      : createTlsServer(
          {
            cert: tls.cert,
            key: tls.key,
            ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true }),
          },
          onRequest,
        );
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server.address()),
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Reads what the handler left of the body, so that a client that sends all of it first can read the answer. */
function drain(request: IncomingMessage, record: RequestRecord): void {
  if (request.readableEnded || request.destroyed) return;
  request.on('error', () => {});
  request.on('data', (bytes: Buffer) => {
    record.receivedBytes += bytes.length;
  });
}

function recordOf(server: ServerName, request: IncomingMessage): RequestRecord {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
  return {
    server,
    host: headers['host'] ?? '',
    method: request.method ?? '',
    path: request.url ?? '',
    headers,
    receivedBytes: 0,
    status: null,
    sentBytes: 0,
    fault: null,
    blob: null,
    upload: null,
    completed: null,
  };
}

function callOf(request: IncomingMessage, record: RequestRecord, fault: Fault | null): Call {
  const { method, headers } = record;

  async function receive(onBytes: (bytes: Buffer) => void): Promise<void> {
    const cut = fault?.kind === 'cut-request' ? fault : null;
    const total = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
    const limit = cut === null ? Number.POSITIVE_INFINITY : bytesOf(cut.after, total);
    try {
      for await (const bytes of request) {
        const taken: Buffer = bytes.subarray(0, limit - record.receivedBytes);
        record.receivedBytes += taken.length;
        onBytes(taken);
        if (cut === null || record.receivedBytes < limit || limit >= total) continue;
        closeConnection(request.socket, cut);
        break;
      }
    } catch {
      throw new ConnectionEnded();
    }
    if (cut !== null && record.receivedBytes >= limit && limit < total) throw new ConnectionEnded();
  }

  return {
    method,
    url: new URL(record.path, 'http://registry.invalid'),
    headers,
    record,
    fault,
    receive,
    async body() {
      const chunks: Buffer[] = [];
      await receive((bytes) => chunks.push(bytes));
      return Buffer.concat(chunks);
    },
  };
}
