import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openImage } from '@layers/core';
import { verifyArchive } from '@layers/core/analysis';
import {
  copyImage,
  createRegistryClient,
  openRegistryImage,
  pullImages,
  pushImages,
  type RegistryOptions,
} from '@layers/registry';
import { repackImage, squashImage } from '@layers/rewrite';
import { loadImages, openStore } from '@layers/store';
import { createCertificates } from '@layers/testing/certificates';
import {
  type DockerRegistry,
  type DockerRegistryOptions,
  startDockerRegistry,
} from '@layers/testing/docker-registry';
import { afterAll, afterEach, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { run } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-registry-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo = fileURLToPath(new URL('../../examples/demo.tar', import.meta.url));
const demoOci = fileURLToPath(new URL('../../examples/demo-oci.tar', import.meta.url));
const users = { alice: 'wonder:land' };
const alice = { kind: 'password', username: 'alice', password: 'wonder:land' } as const;
const { ca, server, client: clientCertificate } = createCertificates();

async function skopeo(...args: string[]): Promise<string> {
  return (await run('skopeo', ['--insecure-policy', ...args])).toString();
}

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** How the registry is protected, and what a client needs for it. */
const MODES: readonly (readonly [name: string, registry: DockerRegistryOptions, client: RegistryOptions])[] =
  [
    ['without protection', {}, {}],
    ['with passwords', { users }, { credentials: alice }],
    ['with tokens', { bearer: { users, expiresIn: 60 } }, { credentials: alice }],
    [
      'with tokens for a refresh token',
      { bearer: { users, refreshTokens: { again: 'alice' } } },
      { credentials: { kind: 'identity-token', token: 'again' } },
    ],
    ['with TLS', { tls: server, client: { ca } }, { caFile: file('ca.pem', ca) }],
    [
      'with certificates of clients',
      { tls: { ...server, clientCa: ca }, client: { ca, ...clientCertificate } },
      {
        caFile: file('ca.pem', ca),
        certFile: file('client.pem', clientCertificate.cert),
        keyFile: file('client.key', clientCertificate.key),
      },
    ],
  ];

describe.skipIf(inject('missing').length > 0)('docker-registry and this client', () => {
  let registry: DockerRegistry | null = null;
  const start = async (options: DockerRegistryOptions = {}): Promise<DockerRegistry> => {
    registry = await startDockerRegistry(options);
    return registry;
  };
  afterEach(() => registry?.stop());

  it.each(MODES)('push, read, copy, list and delete %s', async (_, registryOptions, clientOptions) => {
    const { domain } = await start(registryOptions);
    const client = createRegistryClient({ ...clientOptions, homeDirectory: folder, env: {} });
    const image = await openImage(demoOci);
    const pushed = await pushImages(client, `${domain}/app:1`, [await repackImage(image)]);
    expect(pushed.digest).toBe(image.digest);
    expect((await openRegistryImage(client, `${domain}/app:1`)).id).toBe(image.id);
    const copied = await copyImage(client, `${domain}/app:1`, `${domain}/other/app:2`);
    expect(copied).toMatchObject({ digest: pushed.digest, blobs: { uploaded: 0 } });
    expect(copied.blobs.mounted).toBeGreaterThan(0);

    const repositories: string[] = [];
    for await (const name of client.repositories(domain)) repositories.push(name);
    expect(repositories).toEqual(['app', 'other/app']);
    const repository = client.repository(`${domain}/other/app`);
    const tags: string[] = [];
    for await (const tag of repository.tags()) tags.push(tag);
    expect(tags).toEqual(['2']);
    expect(await repository.delete(copied.digest)).toBe('deleted');
    expect(await repository.findManifest('2')).toBeNull();
    expect(await repository.delete(copied.digest)).toBe('missing');
  });

  it('refuses wrong passwords, without repeating them', async () => {
    for (const options of [{ users }, { bearer: { users } }]) {
      const { domain, stop } = await start(options);
      const credentials = { ...alice, password: 'wrong one' };
      const client = createRegistryClient({ credentials, homeDirectory: folder, env: {} });
      const error = await openRegistryImage(client, `${domain}/app:1`).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'ERR_LAYERS_REGISTRY_AUTH' });
      expect(String(error)).not.toContain('wrong one');
      await stop();
    }
  });

  it('refuses an unknown certificate', async () => {
    const { domain } = await start({ tls: server, client: { ca } });
    const client = createRegistryClient({ homeDirectory: folder, env: {} });
    await expect(openRegistryImage(client, `${domain}/app:1`)).rejects.toMatchObject({
      code: 'ERR_LAYERS_REGISTRY',
      message: expect.stringContaining('TLS failed'),
    });
  });

  it('reads what skopeo pushed, and skopeo and docker read what it pushed', async () => {
    const { domain } = await start();
    const client = createRegistryClient({ homeDirectory: folder, env: {} });
    await skopeo(
      'copy',
      '--dest-tls-verify=false',
      `docker-archive:${demo}`,
      `docker://${domain}/by-skopeo:1`,
    );
    const image = await openRegistryImage(client, `${domain}/by-skopeo:1`);
    expect(image.id).toBe((await openImage(demo)).id);

    const squashed = await squashImage(await openImage(demo));
    const { digest, images } = await pushImages(client, `${domain}/by-layers:1`, [squashed]);
    const inspected = JSON.parse(
      await skopeo('inspect', '--tls-verify=false', `docker://${domain}/by-layers:1`),
    );
    expect(inspected.Digest).toBe(digest);
    const target = join(folder, 'read-by-skopeo.tar');
    await skopeo('copy', '--src-tls-verify=false', `docker://${domain}/by-layers:1`, `oci-archive:${target}`);
    expect((await verifyArchive({ path: target })).verified).toBe(true);

    const docker = dockerAt(inject('dockerSocket'));
    await docker(['pull', `${domain}/by-layers:1`]);
    expect(await docker(['image', 'inspect', '--format', '{{.Id}}', `${domain}/by-layers:1`])).toBe(
      images[0]?.id,
    );
    await docker(['tag', `${domain}/by-layers:1`, `${domain}/by-docker:1`]);
    await docker(['push', `${domain}/by-docker:1`]);
    const again = await openRegistryImage(client, `${domain}/by-docker:1`);
    expect(again.id).toBe(images[0]?.id);
    await docker(['rmi', `${domain}/by-layers:1`, `${domain}/by-docker:1`]);
  });

  it('copies an index with all platforms, digests unchanged', async () => {
    const { domain } = await start();
    const client = createRegistryClient({ homeDirectory: folder, env: {} });
    const arm = await squashImage(await openImage(demo));
    const images = [
      await repackImage(await openImage(demoOci)),
      { ...arm, platform: { os: 'linux', architecture: 'arm64' } },
    ];
    const pushed = await pushImages(client, `${domain}/multi:1`, images);
    await skopeo(
      'copy',
      '--all',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      `docker://${domain}/multi:1`,
      `docker://${domain}/multi:2`,
    );
    const copied = await copyImage(client, `${domain}/multi:2`, `${domain}/third/multi:3`);
    expect(copied.digest).toBe(pushed.digest);
    expect(await pullImages(client, `${domain}/third/multi:3`, { all: true })).toHaveLength(2);
  });

  it('loads an image into the store with the digest that the registry has', async () => {
    const { domain } = await start();
    const client = createRegistryClient({ homeDirectory: folder, env: {} });
    await skopeo('copy', '--dest-tls-verify=false', `docker-archive:${demo}`, `docker://${domain}/app:1`);
    const digest = await client.repository(`${domain}/app`).manifestDigest('1');
    const store = openStore(join(folder, 'store'), { create: true });
    const [loaded] = await loadImages(store, await pullImages(client, `${domain}/app:1`));
    expect(loaded).toMatchObject({ manifestDigest: digest, tags: [`${domain}/app:1`] });
  });
});
