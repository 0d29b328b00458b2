import { createHmac, randomBytes } from 'node:crypto';
import type { Answer } from '../http/answers.ts';
import type { Call } from '../http/http-server.ts';
import { blobAnswer } from './blobs.ts';
import { isRepositoryName } from './routes.ts';
import type { Storage } from './storage.ts';

const secret = randomBytes(32);

/** Returns the path of a blob on the host of blobs, with a signature in the query. */
export function signedPath(repository: string, digest: string): string {
  const path = `/${repository}/${digest}`;
  return `${path}?${new URLSearchParams({ 'X-Signature': signatureOf(path) })}`;
}

/** Answers a request to the host of blobs. As object stores do, it refuses a second kind of authentication. */
export function answerFromBlobHost(call: Call, storage: Storage, hasRanges: boolean): Answer {
  if (call.headers['authorization'] !== undefined) {
    return plain(400, 'only one authentication mechanism is allowed');
  }
  const path = decodeURIComponent(call.url.pathname);
  const [, name = '', digest = ''] = /^\/(.+)\/([^/]+)$/.exec(path) ?? [];
  if (!isRepositoryName(name) || call.url.searchParams.get('X-Signature') !== signatureOf(path)) {
    return plain(403, 'the signature does not match');
  }
  const bytes = storage.repositories.get(name)?.blobs.get(digest);
  if (bytes === undefined) return plain(404, 'no such key');
  if (call.method !== 'GET' && call.method !== 'HEAD') return plain(405, 'method not allowed');
  return blobAnswer(call, digest, bytes, hasRanges);
}

function signatureOf(path: string): string {
  return createHmac('sha256', secret).update(path).digest('base64');
}

function plain(status: number, text: string): Answer {
  return { status, headers: { 'Content-Type': 'text/plain' }, body: Buffer.from(`${text}\n`) };
}
