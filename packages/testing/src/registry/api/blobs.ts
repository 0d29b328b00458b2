import { type Answer, errorAnswer } from '../http/answers.ts';
import { requestedRange } from '../http/byte-ranges.ts';
import type { Call } from '../http/http-server.ts';
import type { Context } from './context.ts';
import { isDigest } from './storage.ts';

/** Answers a request for a blob: end-2 and end-10 of the specification. */
export function answerBlob(call: Call, name: string, digest: string, context: Context): Answer {
  if (!isDigest(digest)) return errorAnswer('DIGEST_INVALID');
  const blobs = context.storage.repositories.get(name)?.blobs;
  const bytes = blobs?.get(digest);
  if (blobs === undefined || bytes === undefined) return errorAnswer('BLOB_UNKNOWN', { detail: { digest } });
  switch (call.method) {
    case 'GET':
      if (!context.behaviour.redirectBlobs) return blobAnswer(call, digest, bytes, context.behaviour.ranges);
      return { status: 307, headers: { Location: context.blobUrl(name, digest) } };
    case 'HEAD':
      return { status: 200, headers: headersOf(digest), body: bytes };
    case 'DELETE':
      blobs.delete(digest);
      return { status: 202 };
    default:
      return errorAnswer('UNSUPPORTED');
  }
}

/** Returns an answer with a blob, or with the range of it that the request asks for. */
export function blobAnswer(call: Call, digest: string, bytes: Uint8Array, hasRanges: boolean): Answer {
  const range = hasRanges ? requestedRange(call.headers['range'], bytes.length) : null;
  const headers = { ...headersOf(digest), ...(hasRanges ? { 'Accept-Ranges': 'bytes' } : {}) };
  if (range === 'unsatisfiable') {
    return errorAnswer('RANGE_INVALID', { headers: { 'Content-Range': `bytes */${bytes.length}` } });
  }
  if (call.method === 'GET') {
    call.record.blob = { digest, sizeBytes: bytes.length, position: range?.start ?? 0 };
  }
  if (range === null) return { status: 200, headers, body: bytes };
  const { start, end } = range;
  return {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}` },
    body: bytes.subarray(start, end),
  };
}

function headersOf(digest: string): Record<string, string> {
  return { 'Content-Type': 'application/octet-stream', 'Docker-Content-Digest': digest };
}
