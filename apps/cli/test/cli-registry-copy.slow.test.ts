import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demo, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { documentOf, tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();

/** Writes an image for two platforms to a registry, and returns the digest of its index. */
async function pushPlatforms(name: string): Promise<string> {
  const files: string[] = [];
  for (const platform of ['linux/amd64', 'linux/arm64']) {
    const file = store.at(`${platform.replace('/', '-')}.tar`);
    await store.out(['config', demo, '--set-platform', platform, '--tag', 'app:1', '-o', file, '-q']);
    files.push(file);
  }
  await store.out(['repack', '--all', ...files, '-o', `docker://${name}`, '-q']);
  return documentOf(
    'copy',
    await store.out(['copy', '--all', '--json', `docker://${name}`, `docker://${name}`]),
  ).target.digest;
}

/** Copies, and returns the document. */
async function copied(...args: readonly string[]) {
  const { status, stdout, stderr } = await store.layers(['copy', '--json', ...args]);
  expect([status, stderr]).toEqual([0, '']);
  return documentOf('copy', stdout);
}

describe('layers copy', () => {
  it('keeps the digest from every source to every target', async () => {
    const registry = await start();
    const first = await copied(demo, `docker://${registry.domain}/first:1`);
    const { digest } = first.target;
    expect(tagsIn(registry, 'first')).toEqual({ 1: digest });
    const places = [
      `docker://${registry.domain}/other:1`,
      `oci:${store.at('layout')}:app:1`,
      `oci-archive:${store.at('oci.tar')}:app:1`,
      'store:app:1',
      `docker-archive:${store.at('docker.tar')}:app:1`,
      `docker://${registry.domain}/last:1`,
    ];
    let source = `docker://${registry.domain}/first:1`;
    for (const place of places) {
      const { target } = await copied(source, place);
      expect([place, target.digest]).toEqual([place, place.startsWith('docker-archive') ? null : digest]);
      source = place;
    }
    expect(tagsIn(registry, 'last')).toEqual({ 1: digest });
  });

  it('streams from one registry to another, each blob once', async () => {
    const [a, b] = [await start(), await start()];
    const { blobs: sent } = await copied(demo, `docker://${a.domain}/app:1`);
    a.log.records.length = 0;
    const { blobs } = await copied(`docker://${a.domain}/app:1`, `docker://${b.domain}/app:1`);
    expect(blobs).toEqual(sent);
    const read = a.log.records.filter(({ path, method }) => method === 'GET' && path.includes('/blobs/'));
    expect(read).toHaveLength(blobs.uploaded);
    const near = await copied(`docker://${b.domain}/app:1`, `docker://${b.domain}/near:1`);
    expect(near.blobs).toMatchObject({ uploaded: 0, mounted: blobs.uploaded });
  });

  it('keeps the index of all platforms everywhere', async () => {
    const registry = await start();
    const name = `${registry.domain}/app:1`;
    const digest = await pushPlatforms(name);
    await store.out(['copy', '--all', `docker://${name}`, `oci:${store.at('old')}:old:1`]);
    const places = [
      `oci:${store.at('layout')}:app:1`,
      `oci:${store.at('old')}:app:1`,
      `oci-archive:${store.at('oci.tar')}:app:1`,
      'store:app:1',
      store.at('plain.tar'),
      store.at('plain.tar.gz'),
      `docker://${registry.domain}/last:1`,
    ];
    let source = `docker://${name}`;
    for (const place of places) {
      const { target, manifests } = await copied('--all', source, place);
      expect([place, target.digest, manifests]).toEqual([place, digest, 2]);
      source = place;
    }
    expect(tagsIn(registry, 'last')).toEqual({ 1: digest });
    // The store sends the index too.
    expect(
      documentOf('push', await store.out(['push', '--json', 'app:1', `${registry.domain}/again`])).pushed[0],
    ).toMatchObject({ digest, manifests: 2 });
  });

  it('says which platforms are left out, and does not where one is chosen', async () => {
    const registry = await start();
    const name = `docker://${registry.domain}/app:1`;
    await pushPlatforms(`${registry.domain}/app:1`);
    const { status, stdout, stderr } = await store.layers(['copy', '--json', name, store.at('one.tar')]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: .* alone, and not for linux\/a\w+64\n$/),
    ]);
    expect(documentOf('copy', stdout).findings).toMatchObject([{ code: 'platforms-left-out' }]);
    const chosen = await copied('--platform', 'linux/arm64', name, 'store:arm:1');
    expect(chosen.findings).toEqual([]);
    expect((await store.imageOf('arm:1')).platform.architecture).toBe('arm64');
  });

  it.each(['docker-archive:out.tar', 'docker-daemon:app:1'])('refuses all platforms in %s', async (place) => {
    const { status, stderr } = await store.layers(['copy', '--all', demo, place]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('all platforms of an image cannot be written'),
    ]);
  });

  it.each([true, false])(
    'copies what refers to the image, where registries have the API: %s',
    async (referrers) => {
      const [a, b] = [
        await start({ behaviour: { referrers } }),
        await start({ behaviour: { referrers: !referrers } }),
      ];
      const from = `docker://${a.domain}/app:1`;
      const { target } = await copied(demo, from);
      const subject = a.storage.repository('app').manifests.get(target.digest);
      const config = Buffer.from('{}');
      const configDigest = a.storage.addBlob('app', config);
      const document = {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'application/spdx+json',
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: configDigest, size: config.length },
        layers: [],
        subject: { mediaType: subject?.mediaType, digest: target.digest, size: subject?.bytes.length },
      };
      const bytes = Buffer.from(JSON.stringify(document));
      const { mediaType } = document;
      const digest = a.storage.addManifest('app', null, { mediaType, bytes });
      const { subject: _, ...signature } = document;
      const tag = `${target.digest.replace(':', '-')}.sig`;
      const signed = a.storage.addManifest('app', tag, {
        mediaType,
        bytes: Buffer.from(JSON.stringify(signature)),
      });
      if (!referrers) {
        const index = {
          schemaVersion: 2,
          mediaType: 'application/vnd.oci.image.index.v1+json',
          manifests: [{ mediaType, digest, size: bytes.length }],
        };
        const listed = { mediaType: index.mediaType, bytes: Buffer.from(JSON.stringify(index)) };
        a.storage.addManifest('app', target.digest.replace(':', '-'), listed);
      }
      const result = await copied('--referrers', from, `docker://${b.domain}/copy:1`);
      expect(result.referrers).toEqual([digest, signed]);
      const repository = b.storage.repository('copy');
      expect(repository.manifests.has(digest)).toBe(true);
      expect(tagsIn(b, 'copy')[tag]).toBe(signed);
      // A registry without the API has the list under a tag.
      const list = repository.manifests.get(tagsIn(b, 'copy')[target.digest.replace(':', '-')] ?? '');
      if (referrers) expect(Buffer.from(list?.bytes ?? []).toString()).toContain(digest);
      else expect(list).toBeUndefined();
    },
  );

  it('logs in to both sides with their own credentials', async () => {
    const [a, b] = [
      await start({ authentication: { kind: 'basic', users: { reader: 'first' } } }),
      await start({ authentication: { kind: 'bearer', users: { writer: 'second' } } }),
    ];
    const env = { DOCKER_CONFIG: store.at('docker') };
    const login = ['login', '-u', 'reader', '--password-stdin', a.domain];
    await store.layers(login, { env, input: Buffer.from('first') });
    const from = `docker://${a.domain}/app:1`;
    await store.out(['copy', demo, from], { env });
    const args = [
      'copy',
      '--dest-username',
      'writer',
      '--dest-password-stdin',
      from,
      `docker://${b.domain}/app:1`,
    ];
    const { status, stderr } = await store.layers(args, { env, input: Buffer.from('second') });
    expect([status, stderr]).toEqual([0, '']);
    const sent = JSON.stringify(b.log.records.map(({ headers }) => headers));
    expect(sent).not.toContain(Buffer.from('reader:first').toString('base64'));
  });

  it('escapes what a registry says', async () => {
    const server = createServer(({ method }, response) => {
      response.statusCode = method === 'HEAD' ? 404 : 400;
      response.end(JSON.stringify({ errors: [{ code: 'X', message: 'no \u001b[31mred\u0007 \u202etext' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (const args of [
      ['copy', demo, `docker://127.0.0.1:${port}/app`],
      ['pull', `127.0.0.1:${port}/app`],
      ['login', '-u', 'me', '--password-stdin', `127.0.0.1:${port}`],
    ]) {
      const { status, stderr } = await store.layers(args, { input: Buffer.from('secret') });
      expect([3, 4]).toContain(status);
      expect(stderr).toContain('red');
      expect(stderr).not.toMatch(/[\u001b\u0007\u202e]|secret/);
    }
    await new Promise((resolve) => server.close(resolve));
  });
});
