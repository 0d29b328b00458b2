import { isDeepStrictEqual } from 'node:util';
import { type DockerRegistry, startDockerRegistry } from '@layers/testing/docker-registry';
import { startTestRegistry, type TestRegistry } from '@layers/testing/registry';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Conversation, sendPart, sha256, withDigest } from './registry-conversation.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** The deliberate differences from docker-registry 2.8.2, by the name of the request. */
const DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ['end of an upload that is lost', '2.8.2 keeps the upload, and refuses its digest again'],
  ['blob, bytes=10-', '2.8.2 refuses with plain text, without a code'],
  ['manifest with unknown blobs', 'the specification has 404, 2.8.2 has 400'],
  ['put an index with an unknown manifest', 'the specification has 404, 2.8.2 has 400'],
  ['tags?n=2', '2.8.2 has no pages of tags'],
  ['tags?n=2&last=v1', '2.8.2 has no pages of tags'],
  ['tags?last=v2', '2.8.2 has no pages of tags'],
]);

async function talk(origin: string): Promise<Conversation> {
  const talk = new Conversation(origin);
  await talk.ask('check', '/v2/');
  await uploads(talk);
  await blobs(talk);
  await manifests(talk);
  return talk;
}

async function uploads(talk: Conversation): Promise<void> {
  const location = await talk.begin('up/load');
  await talk.ask('status of a new upload', location);
  const first = await talk.ask('first chunk', location, {
    method: 'PATCH',
    headers: { 'Content-Range': '0-3', 'Content-Type': 'application/octet-stream' },
    body: '0123',
  });
  const second = await talk.ask('second chunk', first.headers['location'] ?? '', {
    method: 'PATCH',
    headers: { 'Content-Range': '4-9', 'Content-Type': 'application/octet-stream' },
    body: '456789',
  });
  const end = second.headers['location'] ?? '';
  await talk.ask('status of an upload', end);
  await talk.ask('end without a digest', end, { method: 'PUT' });
  const late = await talk.ask('chunk at a wrong offset', end, {
    method: 'PATCH',
    headers: { 'Content-Range': '20-21', 'Content-Type': 'application/octet-stream' },
    body: 'xy',
  });
  const spoiled = withDigest(late.headers['location'] ?? '', sha256('0123456789'));
  await talk.ask('end of a spoiled upload', spoiled, { method: 'PUT' });
  await talk.ask('end of an upload that is lost', spoiled, { method: 'PUT' });
  const begun = await talk.begin('up/load');
  await talk.ask('cancel', begun, { method: 'DELETE' });
  await talk.ask('status of a cancelled upload', begun);
  await talk.ask('unknown upload', '/v2/up/load/blobs/uploads/00000000-0000-4000-8000-000000000000');
  const digest = await talk.upload('up/load', 'mounted');
  const mount = (from: string) => `/v2/other/blobs/uploads/?${new URLSearchParams({ mount: digest, from })}`;
  await talk.ask('mount', mount('up/load'), { method: 'POST' });
  await talk.ask('mount from an unknown repository', mount('nothing'), { method: 'POST' });
}

async function blobs(talk: Conversation): Promise<void> {
  const path = `/v2/blobs/blobs/${await talk.upload('blobs', '0123456789')}`;
  await talk.ask('blob', path);
  await talk.ask('head of a blob', path, { method: 'HEAD' });
  for (const range of ['bytes=2-4', 'bytes=7-', 'bytes=-3', 'bytes=0-99', 'bytes=10-']) {
    await talk.ask(`blob, ${range}`, path, { headers: { Range: range } });
  }
  await talk.ask('blob with a wrong digest', '/v2/blobs/blobs/sha256:12');
  await talk.ask('delete a blob', path, { method: 'DELETE' });
  await talk.ask('deleted blob', path);
  await talk.ask('delete a deleted blob', path, { method: 'DELETE' });
}

async function manifests(talk: Conversation): Promise<void> {
  const descriptor = (mediaType: string, text: string) => ({
    mediaType,
    digest: sha256(text),
    size: text.length,
  });
  const config = descriptor('application/vnd.oci.image.config.v1+json', '{}');
  const layer = descriptor('application/vnd.oci.image.layer.v1.tar', 'layer');
  const manifest = { schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] };
  const digest = sha256(JSON.stringify(manifest));
  const accept = { Accept: `${MANIFEST}, ${INDEX}` };
  await talk.ask('tags of an unknown repository', '/v2/im/age/tags/list');
  await talk.put('manifest with unknown blobs', '/v2/im/age/manifests/v1', manifest);
  for (const text of ['{}', 'layer']) await talk.upload('im/age', text);
  for (const tag of ['v1', 'v2', 'v3']) await talk.put(`put ${tag}`, `/v2/im/age/manifests/${tag}`, manifest);
  await talk.put('put by digest', `/v2/im/age/manifests/${digest}`, manifest);
  await talk.put('put by a wrong digest', `/v2/im/age/manifests/${sha256('x')}`, manifest);
  const index = {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [descriptor(MANIFEST, JSON.stringify(manifest))],
  };
  await talk.put('put an index', '/v2/im/age/manifests/all', index);
  await talk.put('put an index with an unknown manifest', '/v2/im/age/manifests/all', {
    ...index,
    manifests: [descriptor(MANIFEST, 'x')],
  });
  for (const [name, reference] of [
    ['tag', 'v1'],
    ['digest', digest],
    ['index', 'all'],
  ] as const) {
    await talk.ask(`manifest by ${name}`, `/v2/im/age/manifests/${reference}`, { headers: accept });
    await talk.ask(`head by ${name}`, `/v2/im/age/manifests/${reference}`, {
      method: 'HEAD',
      headers: accept,
    });
  }
  await talk.ask('unacceptable manifest', '/v2/im/age/manifests/v1', { headers: { Accept: 'text/plain' } });
  await talk.ask('unknown tag', '/v2/im/age/manifests/nothing', { headers: accept });
  for (const query of ['', '?n=2', '?n=2&last=v1', '?n=4', '?n=9', '?last=v2']) {
    await talk.ask(`tags${query}`, `/v2/im/age/tags/list${query}`);
  }
  // 2.8.2 lists repositories that have a blob.
  await talk.upload('im/age2', 'blob');
  await talk.put('another repository', '/v2/im/age2/manifests/v1', {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [],
  });
  for (const query of ['', '?n=1', '?n=1&last=im/age', '?n=9'])
    await talk.ask(`catalog${query}`, `/v2/_catalog${query}`);
  await talk.ask('referrers', `/v2/im/age/referrers/${digest}`);
  await talk.ask('delete a tag', '/v2/im/age/manifests/v1', { method: 'DELETE' });
  await talk.ask('delete a manifest', `/v2/im/age/manifests/${digest}`, { method: 'DELETE' });
  await talk.ask('deleted manifest', `/v2/im/age/manifests/${digest}`, { headers: accept });
  await talk.ask('tags after a deletion', '/v2/im/age/tags/list');
}

describe.skipIf(inject('missing').length > 0)('the registry of tests and docker-registry 2.8', () => {
  let docker: DockerRegistry;
  let ours: TestRegistry;

  beforeAll(async () => {
    docker = await startDockerRegistry();
    ours = await startTestRegistry({
      behaviour: { outOfOrderChunks: 'append', tagDeletionStatus: 400, referrers: false },
    });
  });
  afterAll(async () => {
    await docker.stop();
    await ours.stop();
  });

  it('answer the same requests the same way, except where listed', async () => {
    const [theirs, own] = [await talk(docker.origin), await talk(ours.origin)];
    expect([...own.observed.keys()]).toEqual([...theirs.observed.keys()]);
    const differing = [...own.observed].filter(
      ([name, observed]) => !isDeepStrictEqual(observed, theirs.observed.get(name)),
    );
    expect(differing.map(([name]) => name)).toEqual([...DIFFERENCES.keys()]);
  });

  it('lose an upload when a request to it is cut', async () => {
    ours.behaviour.cutUploads = 'lost';
    for (const { origin } of [docker, ours]) {
      const talk = new Conversation(origin);
      const location = await talk.begin('cut');
      const url = new URL(location);
      const type = 'Content-Type: application/octet-stream';
      await sendPart(url, `PATCH ${url.pathname}${url.search} HTTP/1.1\r\n${type}`, 'part');
      expect((await talk.ask('status', location)).status).toBe(404);
    }
  });
});
