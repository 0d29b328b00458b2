import { type Answer, errorAnswer } from '../http/answers.ts';
import type { Call } from '../http/http-server.ts';
import type { Context } from './context.ts';
import { fieldsOf, listOf, textOf } from './json-fields.ts';
import { digestOf, isDigest, type Repository, type StoredManifest } from './storage.ts';

const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** Answers a request for a manifest: end-3, end-7 and end-9 of the specification. */
export async function answerManifest(
  call: Call,
  name: string,
  reference: string,
  context: Context,
): Promise<Answer> {
  if (!isDigest(reference) && !TAG.test(reference)) return errorAnswer('TAG_INVALID');
  if (call.method === 'PUT') return put(call, name, reference, context);
  const repository = context.storage.repositories.get(name);
  const digest = isDigest(reference) ? reference : repository?.tags.get(reference);
  const manifest = repository?.manifests.get(digest ?? '');
  if (repository === undefined) return errorAnswer('NAME_UNKNOWN', { detail: { name } });
  if (digest === undefined || manifest === undefined)
    return errorAnswer('MANIFEST_UNKNOWN', { detail: { reference } });
  switch (call.method) {
    case 'GET':
    case 'HEAD':
      return get(call, digest, manifest);
    case 'DELETE':
      return remove(repository, reference, context);
    default:
      return errorAnswer('UNSUPPORTED');
  }
}

function get(call: Call, digest: string, { mediaType, bytes }: StoredManifest): Answer {
  if (!accepts(call.headers['accept'], mediaType)) {
    return errorAnswer('MANIFEST_UNKNOWN', { detail: `the request does not accept ${mediaType}` });
  }
  const headers = { 'Content-Type': mediaType, 'Docker-Content-Digest': digest, ETag: `"${digest}"` };
  return { status: 200, headers, body: bytes };
}

function remove(repository: Repository, reference: string, { behaviour }: Context): Answer {
  if (!isDigest(reference)) {
    // docker-registry 2.8.2 takes the tag for a digest.
    if (behaviour.tagDeletionStatus === 400) return errorAnswer('DIGEST_INVALID');
    if (behaviour.tagDeletionStatus === 405) return errorAnswer('UNSUPPORTED');
    repository.tags.delete(reference);
    return { status: 202 };
  }
  repository.manifests.delete(reference);
  for (const [tag, digest] of repository.tags) if (digest === reference) repository.tags.delete(tag);
  return { status: 202 };
}

async function put(call: Call, name: string, reference: string, context: Context): Promise<Answer> {
  const bytes = await call.body();
  const mediaType = call.headers['content-type'];
  const manifest = parsed(bytes);
  if (mediaType === undefined || manifest === null) return errorAnswer('MANIFEST_INVALID');
  const declared = textOf(fieldsOf(manifest)['mediaType']);
  if (declared !== null && declared !== mediaType) {
    return errorAnswer('MANIFEST_INVALID', {
      detail: `Content-Type is ${mediaType}, mediaType is ${declared}`,
    });
  }
  const digest = digestOf(bytes, reference);
  if (isDigest(reference) && reference !== digest) return errorAnswer('DIGEST_INVALID');
  const { storage, behaviour, origin } = context;
  const repository = storage.repository(name);
  const unknown = behaviour.checkReferences ? unknownReferences(manifest, repository) : [];
  if (unknown.length > 0) return errorAnswer('MANIFEST_BLOB_UNKNOWN', { details: unknown });
  repository.manifests.set(digest, { mediaType, bytes });
  if (!isDigest(reference)) repository.tags.set(reference, digest);
  const subject = textOf(fieldsOf(fieldsOf(manifest)['subject'])['digest']);
  return {
    status: 201,
    headers: {
      Location: `${origin}/v2/${name}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
      ...(behaviour.referrers && subject !== null ? { 'OCI-Subject': subject } : {}),
    },
  };
}

/** Returns the blobs and manifests that a manifest names and the repository does not have. */
function unknownReferences(manifest: unknown, { blobs, manifests }: Repository): string[] {
  const fields = fieldsOf(manifest);
  // Layers with URLs are not pushed.
  const isPushed = (descriptor: unknown): boolean => listOf(fieldsOf(descriptor)['urls']).length === 0;
  const unknownIn = (descriptors: readonly unknown[], known: ReadonlyMap<string, unknown>): string[] =>
    descriptors
      .filter((descriptor) => descriptor !== undefined && isPushed(descriptor))
      .map((descriptor) => textOf(fieldsOf(descriptor)['digest']) ?? '')
      .filter((digest) => !known.has(digest));
  return [
    ...unknownIn([fields['config'], ...listOf(fields['layers'])], blobs),
    ...unknownIn(listOf(fields['manifests']), manifests),
  ];
}

/** Returns whether an `Accept` header covers a media type. Without a header, everything is accepted. */
function accepts(header: string | undefined, mediaType: string): boolean {
  if (header === undefined) return true;
  const ranges = header.split(',').map((part) => (part.split(';', 1)[0] ?? '').trim());
  return ranges.some((range) => {
    if (range === '*/*' || range === mediaType) return true;
    return range.endsWith('/*') && mediaType.startsWith(range.slice(0, -1));
  });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
