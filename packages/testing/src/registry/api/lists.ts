import { type Answer, errorAnswer, jsonAnswer } from '../http/answers.ts';
import type { Call } from '../http/http-server.ts';
import type { Context } from './context.ts';
import { fieldsOf, textOf } from './json-fields.ts';
import { isDigest, type StoredManifest } from './storage.ts';

/** Answers a request for the tags of a repository: end-8a and end-8b of the specification. */
export function answerTags(call: Call, name: string, context: Context): Answer {
  const repository = context.storage.repositories.get(name);
  if (repository === undefined) return errorAnswer('NAME_UNKNOWN', { detail: { name } });
  return answerNames(call, [...repository.tags.keys()], context, (tags) => ({ name, tags }));
}

/** Answers a request for the repositories, which docker's API has and the specification does not. */
export function answerCatalog(call: Call, context: Context): Answer {
  return answerNames(call, [...context.storage.repositories.keys()], context, (repositories) => ({
    repositories,
  }));
}

/** Answers a request for the manifests that have a subject: end-12a and end-12b of the specification. */
export function answerReferrers(call: Call, name: string, digest: string, context: Context): Answer {
  if (!context.behaviour.referrers) {
    const type = { 'Content-Type': 'text/plain; charset=utf-8' };
    return { status: 404, headers: type, body: Buffer.from('404 page not found\n') };
  }
  if (!isDigest(digest)) return errorAnswer('DIGEST_INVALID');
  const filter = call.url.searchParams.get('artifactType');
  const manifests = context.storage.repositories.get(name)?.manifests ?? new Map<string, StoredManifest>();
  const referrers = [...manifests]
    .map(([ownDigest, manifest]) => descriptorOf(ownDigest, manifest, digest))
    .filter((descriptor) => descriptor !== null)
    .filter(({ artifactType }) => filter === null || artifactType === filter);
  const { items, link } = pageOf(call, referrers, ({ digest: key }) => key, context);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  return jsonAnswer(
    { schemaVersion: 2, mediaType, manifests: items },
    {
      headers: {
        'Content-Type': mediaType,
        ...link,
        ...(filter === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
      },
    },
  );
}

/** Returns the descriptor of a manifest that has a subject; null if it does not have it. */
function descriptorOf(digest: string, { mediaType, bytes }: StoredManifest, subject: string) {
  const manifest = fieldsOf(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (textOf(fieldsOf(manifest['subject'])['digest']) !== subject) return null;
  const artifactType = textOf(manifest['artifactType']) ?? textOf(fieldsOf(manifest['config'])['mediaType']);
  const annotations = manifest['annotations'];
  return {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType === null ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function answerNames(
  call: Call,
  names: readonly string[],
  context: Context,
  documentOf: (names: readonly string[]) => unknown,
): Answer {
  const n = call.url.searchParams.get('n');
  if (n !== null && !/^\d+$/.test(n)) return errorAnswer('PAGINATION_NUMBER_INVALID', { detail: { n } });
  const { items, link } = pageOf(call, names, (name) => name, context);
  return jsonAnswer(documentOf(items), { headers: link });
}

/** Returns the items of a page in the order of their keys, and a `Link` to the next page. */
function pageOf<T>(call: Call, items: readonly T[], keyOf: (item: T) => string, { behaviour }: Context) {
  const query = call.url.searchParams;
  const last = query.get('last');
  const sorted = items
    .filter((item) => last === null || keyOf(item) > last)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const limit = Math.min(
    Number(query.get('n') ?? Number.POSITIVE_INFINITY),
    behaviour.pageSize ?? Number.POSITIVE_INFINITY,
  );
  const page = sorted.slice(0, limit);
  const end = page.at(-1);
  if (end === undefined || page.length === sorted.length || !behaviour.links)
    return { items: page, link: {} };
  const next = new URLSearchParams(query);
  next.set('last', keyOf(end));
  next.set('n', String(limit));
  next.sort();
  return { items: page, link: { Link: `<${call.url.pathname}?${next}>; rel="next"` } };
}
