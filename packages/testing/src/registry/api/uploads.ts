import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { type Answer, errorAnswer } from '../http/answers.ts';
import type { Call } from '../http/http-server.ts';
import type { Context } from './context.ts';
import { digestOf, isDigest, type Upload } from './storage.ts';

const secret = randomBytes(32);

/** Answers a request to `/v2/NAME/blobs/uploads/`: end-4a, end-4b and end-11 of the specification. */
export async function startUpload(call: Call, name: string, context: Context): Promise<Answer> {
  if (call.method !== 'POST') return errorAnswer('UNSUPPORTED');
  const query = call.url.searchParams;
  const mounted = mount(query, name, context);
  if (mounted !== null) return mounted;
  const id = randomUUID();
  const upload: Upload = { id, repository: name, chunks: [], sizeBytes: 0, location: 0 };
  context.storage.uploads.set(id, upload);
  if (query.has('digest')) return complete(call, upload, context);
  const minimum = context.behaviour.minimumChunk;
  const chunk = minimum === null ? {} : { 'OCI-Chunk-Min-Length': String(minimum) };
  return { status: 202, headers: { ...stateOf(upload, context), ...chunk } };
}

/** Answers a request to the location of an upload: end-5, end-6, end-13, and the cancellation of docker's API. */
export async function answerUpload(call: Call, name: string, id: string, context: Context): Promise<Answer> {
  const location = locationOf(id, call.url.searchParams.get('_state'));
  if (location === null)
    return errorAnswer('BLOB_UPLOAD_INVALID', { detail: 'not a location of this upload' });
  const upload = context.storage.uploads.get(id);
  if (upload?.repository !== name) return errorAnswer('BLOB_UPLOAD_UNKNOWN');
  if (context.behaviour.uploadLocations === 'latest' && location !== upload.location) {
    return errorAnswer('BLOB_UPLOAD_INVALID', { detail: 'not the last location of this upload' });
  }
  switch (call.method) {
    case 'GET':
      if (!context.behaviour.uploadStatus) return errorAnswer('UNSUPPORTED', { status: 400 });
      return { status: 204, headers: stateOf(upload, context) };
    case 'PATCH':
      return patch(call, upload, context);
    case 'PUT':
      return complete(call, upload, context);
    case 'DELETE':
      context.storage.uploads.delete(id);
      return { status: 204, headers: { 'Docker-Upload-UUID': id } };
    default:
      return errorAnswer('UNSUPPORTED');
  }
}

function mount(query: URLSearchParams, name: string, context: Context): Answer | null {
  const { storage, behaviour } = context;
  const [digest, from] = [query.get('mount'), query.get('from')];
  const bytes = storage.repositories.get(from ?? '')?.blobs.get(digest ?? '');
  if (digest === null || bytes === undefined || !behaviour.mounts) return null;
  storage.repository(name).blobs.set(digest, bytes);
  return { status: 201, headers: locationOfBlob(name, digest, context) };
}

async function patch(call: Call, upload: Upload, context: Context): Promise<Answer> {
  const refusal = refusedRange(call, upload, context);
  if (refusal !== null) return refusal;
  await receive(call, upload, context);
  return { status: 202, headers: stateOf(upload, context) };
}

async function complete(call: Call, upload: Upload, context: Context): Promise<Answer> {
  const digest = call.url.searchParams.get('digest');
  if (digest === null || !isDigest(digest)) return errorAnswer('DIGEST_INVALID', { status: 400 });
  const refusal = refusedRange(call, upload, context);
  if (refusal !== null) return refusal;
  await receive(call, upload, context);
  context.storage.uploads.delete(upload.id);
  const bytes = Buffer.concat(upload.chunks);
  if (digestOf(bytes, digest) !== digest) return errorAnswer('DIGEST_INVALID', { detail: { digest } });
  context.storage.repository(upload.repository).blobs.set(digest, bytes);
  call.record.completed = { digest, sizeBytes: bytes.length };
  return { status: 201, headers: locationOfBlob(upload.repository, digest, context) };
}

/** Returns the refusal of a chunk whose `Content-Range` does not continue the upload; null if it does. */
function refusedRange(call: Call, upload: Upload, context: Context): Answer | null {
  const header = call.headers['content-range'];
  if (header === undefined) return null;
  const [, start, end] = /^(?:bytes )?(\d+)-(\d+)$/.exec(header) ?? [];
  const length = call.headers['content-length'];
  const isInOrder = Number(start) === upload.sizeBytes || context.behaviour.outOfOrderChunks === 'append';
  if (start === undefined || end === undefined || !isInOrder) {
    return errorAnswer('RANGE_INVALID', { headers: stateOf(upload, context) });
  }
  if (length !== undefined && Number(length) !== Number(end) - Number(start) + 1)
    return errorAnswer('SIZE_INVALID');
  return null;
}

/** Appends the request body. If the request is cut, the behaviour decides what is left. */
async function receive(call: Call, upload: Upload, { behaviour, storage }: Context): Promise<void> {
  call.record.upload = upload.id;
  const { chunks, sizeBytes } = upload;
  upload.chunks = [...chunks];
  try {
    await call.receive((bytes) => {
      upload.chunks.push(bytes);
      upload.sizeBytes += bytes.length;
    });
  } catch (error) {
    if (behaviour.cutUploads === 'lost') storage.uploads.delete(upload.id);
    if (behaviour.cutUploads === 'rewound') Object.assign(upload, { chunks, sizeBytes });
    throw error;
  }
}

/** Returns the headers that tell a client how to continue an upload. */
function stateOf(upload: Upload, context: Context): Record<string, string> {
  upload.location++;
  const path = `/v2/${upload.repository}/blobs/uploads/${upload.id}?_state=${stateToken(upload.id, upload.location)}`;
  return {
    Location: located(path, context),
    // An empty upload has no last byte. docker-registry states 0-0, as the specification does for a new upload.
    Range: `0-${Math.max(0, upload.sizeBytes - 1)}`,
    'Docker-Upload-UUID': upload.id,
  };
}

/** Returns the number of a location that an answer gave; null for another location. */
function locationOf(id: string, state: string | null): number | null {
  const number = Number(state?.split('.', 1)[0]);
  return state === stateToken(id, number) ? number : null;
}

function stateToken(id: string, location: number): string {
  return `${location}.${createHmac('sha256', secret).update(`${id} ${location}`).digest('base64url')}`;
}

function located(path: string, { behaviour, origin }: Context): string {
  return behaviour.location === 'absolute' ? `${origin}${path}` : path;
}

function locationOfBlob(name: string, digest: string, context: Context): Record<string, string> {
  return { Location: located(`/v2/${name}/blobs/${digest}`, context), 'Docker-Content-Digest': digest };
}
