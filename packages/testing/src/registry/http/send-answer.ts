import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { Answer } from './answers.ts';
import { bytesOf, type Fault } from './faults.ts';
import type { RequestRecord } from './request-log.ts';

interface Sending {
  readonly response: ServerResponse;
  readonly record: RequestRecord;
  readonly fault: Fault | null;
}

const PIECE = 64 * 1024;

/** Returns the answer that a fault gives instead of carrying out the request; null for other faults. */
export function answerOf(fault: Fault, path: string): Answer | null {
  switch (fault.kind) {
    case 'status':
      return { status: fault.status, headers: fault.headers ?? {}, body: Buffer.from(fault.body ?? '') };
    case 'redirect':
      return { status: fault.status ?? 307, headers: { Location: fault.location } };
    case 'redirect-loop':
      return { status: 307, headers: { Location: path } };
    default:
      return null;
  }
}

/** Does what a fault does instead of an answer. Returns false for faults that need an answer. */
export async function sendFault(fault: Fault, response: ServerResponse): Promise<boolean> {
  const { socket } = response;
  if (fault.kind === 'silence') return true;
  if (fault.kind === 'garbage') {
    socket?.end(Buffer.from('\u0000\u0001\u0002 not HTTP \r\n\r\n\u00ff', 'latin1'));
    return true;
  }
  if (fault.kind !== 'endless-informational') return false;
  while (socket?.destroyed === false) {
    socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(50));
    await sleep(5);
  }
  return true;
}

/** Closes a connection: with a reset where a fault asks for it, which needs a connection without TLS. */
export function closeConnection(socket: Socket, { reset = false }: { readonly reset?: boolean }): void {
  if (reset && !(socket instanceof TLSSocket)) socket.resetAndDestroy();
  else socket.destroy();
}

/** Sends an answer, with the fault in it. Resolves when all of it is sent, or the connection has ended. */
export async function sendAnswer(answer: Answer, { response, record, fault }: Sending): Promise<void> {
  const { status, headers, body } = spoiled(answer, fault);
  const isWrongLength = fault?.kind === 'content-length';
  const hasBody = record.method !== 'HEAD' && status !== 204 && status !== 304;
  record.status = status;
  response.writeHead(status, {
    ...(status === 204 || fault?.kind === 'endless-body'
      ? {}
      : { 'Content-Length': Math.max(0, body.length + (isWrongLength ? fault.add : 0)) }),
    ...(isWrongLength ? { Connection: 'close' } : {}),
    ...headers,
  });
  response.flushHeaders();
  if (!hasBody) {
    response.end();
    return;
  }
  switch (fault?.kind) {
    case 'cut-response':
    case 'stall':
      await send(body.subarray(0, bytesOf(fault.after, body.length)), { response, record });
      if (fault.kind === 'stall') return;
      if (response.socket !== null) closeConnection(response.socket, fault);
      return;
    case 'slow':
      for (let at = 0; at < body.length && !response.destroyed; at += fault.bytes) {
        // The client may use the connection again as soon as it has the last piece: the answer must end with it.
        if (at > 0) await sleep(fault.everyMs);
        await send(body.subarray(at, at + fault.bytes), { response, record });
      }
      response.end();
      return;
    case 'endless-body': {
      const piece = body.length === 0 ? Buffer.alloc(PIECE) : body;
      while (await send(piece, { response, record }));
      return;
    }
    default:
      await send(body, { response, record });
      if (isWrongLength) response.socket?.end();
      else response.end();
  }
}

/** Returns the answer with wrong headers or wrong bytes, where the fault is of that kind. */
function spoiled(answer: Answer, fault: Fault | null): Required<Answer> {
  const { status, headers = {}, body = Buffer.alloc(0) } = answer;
  switch (fault?.kind) {
    case 'wrong-byte': {
      const copy = Uint8Array.from(body);
      const at = Math.min(bytesOf(fault.at, copy.length), copy.length - 1);
      const byte = copy[at];
      if (byte !== undefined) copy[at] = byte ^ 0x01;
      return { status, headers, body: copy };
    }
    case 'wrong-digest': {
      const digest = `sha256:${createHash('sha256').update(body).update('more').digest('hex')}`;
      return { status, headers: { ...headers, 'Docker-Content-Digest': digest }, body };
    }
    case 'gzip':
      return { status, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: gzipSync(body) };
    default:
      return { status, headers, body };
  }
}

/** Sends bytes and counts them. Returns false if the connection has ended. */
async function send(bytes: Uint8Array, { response, record }: Omit<Sending, 'fault'>): Promise<boolean> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    if (!(await written(response, piece))) return false;
    record.sentBytes += piece.length;
  }
  return !response.destroyed;
}

function written(response: ServerResponse, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed || response.socket === null || response.socket.destroyed) return resolve(false);
    const onClose = (): void => resolve(false);
    response.once('close', onClose);
    response.write(bytes, (error) => {
      response.off('close', onClose);
      resolve(error === undefined || error === null);
    });
  });
}
