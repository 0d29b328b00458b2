import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { buildTar } from '@layers/testing/tar-builder';
import { demo, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { GROUPS } from '../src/program/program.ts';
import { documentOf, tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();

/** Writes an archive of one image for a platform, and returns its path. */
async function archiveFor(platform: string, name = platform.replace('/', '-')): Promise<string> {
  const file = store.at(`${name}.tar`);
  await store.out(['config', demo, '--set-platform', platform, '--tag', 'app:1', '-o', file, '-q']);
  return file;
}

describe('the story of a registry', () => {
  it('is told by layers alone', async () => {
    const registry = await start();
    const image = `${registry.domain}/myfirstimage`;
    await store.out(['load', '-i', demo]);
    const [id = ''] = (await store.out(['images', '-q'])).split('\n');
    await store.out(['tag', 'bramble:1.4', image]);
    expect(await store.out(['push', image])).toContain(`docker://${image}:latest  sha256:`);
    expect(tagsIn(registry, 'myfirstimage')).toEqual({ latest: expect.stringMatching(/^sha256:/) });
    expect(await store.out(['catalog', registry.domain])).toBe('myfirstimage\n');
    expect(await store.out(['tags', image])).toBe('latest\n');
    await store.out(['rmi', image, 'bramble:1.4']);
    expect(await store.out(['images', '-q'])).toBe('');
    expect(await store.out(['pull', image])).toContain(
      `Status: Downloaded newer image for ${image}:latest\n`,
    );
    expect(await store.out(['images', '-q'])).toBe(`${id}\n`);
    expect(await store.out(['pull', image])).toContain('Status: Image is up to date');
    expect(await store.out(['cat', image, '/etc/group'])).toBe(await store.out(['cat', demo, '/etc/group']));
  });

  it('runs every example of the help', async () => {
    const registry = await start({ authentication: { kind: 'none' } });
    await archiveFor('linux/arm64', 'app');
    const { domain } = registry;
    const env = { DOCKER_CONFIG: store.at('docker') };
    for (const name of ['alpine:3.20', 'alpine:latest', 'app:latest', 'app:1.0'])
      await store.out(['copy', store.at('app.tar'), `docker://${domain}/${name}`]);
    await store.out(['pull', '--platform', 'linux/arm64', `${domain}/app:1.0`]);
    await store.out(['tag', `${domain}/app:1.0`, 'app:1.0']);
    const commands = GROUPS.flatMap(({ commands: each }) => each);
    const own = commands.filter(({ name }) =>
      ['pull', 'push', 'copy', 'login', 'logout', 'rm'].includes(name),
    );
    for (const line of own.flatMap(({ examples }) => examples)) {
      const words = line.split(' < ')[0]?.split(' ').slice(1) ?? [];
      const local = words.map((word) =>
        word
          .replace(/localhost:5000|registry\.example/, domain)
          .replace(/^alpine|(?<=docker:\/\/)alpine/, `${domain}/alpine`)
          .replace('app.tar', store.at('app.tar'))
          .replace('oci:layout', `oci:${store.at('layout')}`),
      );
      const input = line.includes(' < ') ? Buffer.from('secret\n') : Buffer.alloc(0);
      const { status, stderr } = await store.layers(local, { env, input });
      expect([line, status, stderr.match(/^error: .*/m)?.[0]]).toEqual([line, 0, undefined]);
    }
  });
});

describe('layers push', () => {
  it('sends no blob twice, and takes blobs of other repositories', async () => {
    const registry = await start();
    const { domain } = registry;
    await store.out(['load', '-i', demo]);
    await store.out(['tag', 'bramble:1.4', `${domain}/a/app:1`]);
    await store.out(['tag', 'bramble:1.4', `${domain}/b/app:1`]);
    const pushed = async (...args: readonly string[]) =>
      documentOf('push', await store.out(['push', '--json', ...args])).pushed[0].blobs;
    expect(await pushed(`${domain}/a/app:1`)).toMatchObject({ uploaded: 6, mounted: 0, existing: 0 });
    expect(await pushed(`${domain}/a/app:1`)).toMatchObject({ uploaded: 0, mounted: 0, existing: 6 });
    expect(await pushed(`${domain}/b/app:1`)).toMatchObject({ uploaded: 0, mounted: 6, existing: 0 });
    expect(await pushed('bramble:1.4', `${domain}/a/app:2`)).toMatchObject({ existing: 6 });
    expect(Object.keys(tagsIn(registry, 'a/app'))).toEqual(['1', '2']);
  });

  it('sends all tags of a name', async () => {
    const registry = await start();
    const name = `${registry.domain}/app`;
    await store.out(['load', '-i', demo]);
    for (const tag of ['1', '2']) await store.out(['tag', 'bramble:1.4', `${name}:${tag}`]);
    await store.out(['push', '--all-tags', name]);
    expect(Object.keys(tagsIn(registry, 'app'))).toEqual(['1', '2']);
    const { status, stderr } = await store.layers(['push', '--all-tags', `${name}:1`]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--all-tags needs a name without a tag')]);
  });

  it('asks for a destination for an id', async () => {
    await store.out(['load', '-i', demo]);
    const [id = ''] = (await store.out(['images', '-q'])).split('\n');
    const { status, stderr } = await store.layers(['push', id]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`layers push ${id} docker://`)]);
  });

  it('ends with status 4 where the registry refuses the upload', async () => {
    const registry = await start({
      faults: (request) => (request.method === 'POST' ? { kind: 'status', status: 413 } : null),
    });
    await store.out(['load', '-i', demo]);
    const { status, stdout, stderr } = await store.layers(['push', 'bramble:1.4', `${registry.domain}/app`]);
    expect([status, stdout]).toEqual([4, '']);
    expect(stderr).toContain('[ERR_LAYERS_REGISTRY_WRITE]');
    expect(tagsIn(registry, 'app')).toEqual({});
  });
});

describe('layers pull', () => {
  it('chooses a platform, and says which others there are', async () => {
    const registry = await start();
    const name = `${registry.domain}/app:1`;
    const files = [
      await archiveFor('linux/amd64'),
      await archiveFor('linux/arm64'),
      await archiveFor('linux/s390x'),
    ];
    await store.out(['repack', '--all', ...files, '-o', `docker://${name}`, '-q']);
    const { status, stdout, stderr } = await store.layers(['pull', '--json', name]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: .* alone, and not for linux\/\w+, linux\/\w+\n$/),
    ]);
    const { pulled, findings } = documentOf('pull', stdout);
    expect(pulled[0].digest).toBe(tagsIn(registry, 'app')['1']);
    expect(findings.map(({ code }: { readonly code: string }) => code)).toEqual(['platforms-left-out']);
    await store.out(['pull', '--platform', 'linux/s390x', name]);
    expect((await store.imageOf(name)).platform.architecture).toBe('s390x');
  });

  it('sends a password to one registry alone', async () => {
    const [one, other] = [await start(), await start()];
    const names = [`${one.domain}/app`, `${other.domain}/app`];
    const input = Buffer.from('secret');
    const { status, stderr } = await store.layers(['pull', '-u', 'me', '--password-stdin', ...names], {
      input,
    });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(`several registries: ${one.domain}, ${other.domain}`),
    ]);
    expect([...one.log.records, ...other.log.records]).toEqual([]);
  });

  it('refuses an artifact, as copy to an archive does', async () => {
    const { storage, domain } = await start();
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const bytes = Buffer.from('{}');
    const digest = storage.addBlob('chart', bytes);
    const blob = { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest, size: bytes.length };
    const manifest = {
      schemaVersion: 2,
      mediaType,
      config: blob,
      layers: [{ ...blob, mediaType: 'text/plain' }],
    };
    storage.addManifest('chart', '1', { mediaType, bytes: Buffer.from(JSON.stringify(manifest)) });
    const file = store.at('chart.tar');
    for (const args of [
      ['pull', `${domain}/chart:1`],
      ['copy', `docker://${domain}/chart:1`, `docker-archive:${file}`],
    ]) {
      const { status, stderr } = await store.layers(args);
      expect([status, stderr]).toEqual([
        3,
        expect.stringMatching(/chart:1 is not a container image .*\nhint: layers copy copies it as it is/),
      ]);
    }
    expect(existsSync(file)).toBe(false);
  });

  it('pulls by digest, without a name', async () => {
    const registry = await start();
    await store.out(['copy', demo, `docker://${registry.domain}/app:1`]);
    const digest = tagsIn(registry, 'app')['1'] ?? '';
    const { pulled } = documentOf(
      'pull',
      await store.out(['pull', '--json', `${registry.domain}/app@${digest}`]),
    );
    expect(pulled[0]).toMatchObject({ digest, images: [{ tags: [], manifestDigest: digest }] });
  });

  it('names nothing after a blob with wrong bytes', async () => {
    const registry = await start();
    await store.out(['copy', demo, `docker://${registry.domain}/app:1`]);
    const { blobs } = registry.storage.repository('app');
    const [largest] = [...blobs].sort(([, a], [, b]) => b.length - a.length);
    if (largest === undefined) throw new Error('no blob');
    const [digest, bytes] = largest;
    blobs.set(digest, Buffer.from(bytes).fill(1, 100, 200));
    const { status, stderr } = await store.layers(['pull', `${registry.domain}/app:1`]);
    expect([status, stderr]).toEqual([3, expect.stringContaining('[ERR_LAYERS_BLOB_MISMATCH]')]);
    expect(await store.out(['images', '-q'])).toBe('');
    expect(await store.out(['store', 'check'])).not.toContain('wrong');
  });

  it('reads six layers at once, the largest first', async () => {
    const registry = await start();
    const tars = Array.from({ length: 10 }, (_, i) =>
      buildTar([{ path: `${i}`, data: Buffer.alloc(1000 * (((i * 7) % 10) + 1), i) }]),
    );
    const images = [{ tags: ['app:1'], layers: tars }];
    writeFileSync(store.at('ten.tar'), buildDockerArchive({ images }, { form: 'oci' }));
    await store.out(['copy', store.at('ten.tar'), `docker://${registry.domain}/app:1`]);
    const manifest = JSON.parse(
      Buffer.from([...registry.storage.repository('app').manifests.values()][0]?.bytes ?? []).toString(),
    );
    const layers: readonly { digest: string; size: number }[] = manifest.layers;
    registry.log.records.length = 0;
    // Each layer comes in eight pieces, however small it is, so that none is complete before the first six have asked.
    registry.faults = ({ path }) => {
      const layer = layers.find(({ digest }) => path.endsWith(`/blobs/${digest}`));
      return layer === undefined ? null : { kind: 'slow', bytes: Math.ceil(layer.size / 8), everyMs: 300 };
    };
    await store.out(['pull', `${registry.domain}/app:1`]);
    const asked = registry.log.records
      .map(({ path }) => /\/blobs\/(.*)$/.exec(path)?.[1])
      .filter((digest) => layers.some((layer) => layer.digest === digest));
    const sorted = [...layers].sort((a, b) => b.size - a.size).map(({ digest }) => digest);
    expect(new Set(layers.map(({ size }) => size)).size).toBe(10);
    // Connections that are opened at once arrive in any order.
    expect(asked.slice(0, 6).sort()).toEqual(sorted.slice(0, 6).sort());
    expect(asked.slice(6).sort()).toEqual(sorted.slice(6).sort());
  });
});

describe('-o docker://', () => {
  it('writes what squash, append, config and repack make', async () => {
    const registry = await start();
    const out = (tag: string) => ['-o', `docker://${registry.domain}/app:${tag}`];
    const checked = await store.out(['squash', demo, '--check', '--json', ...out('squash')]);
    expect(documentOf('change', checked)).toMatchObject({
      output: { path: `docker://${registry.domain}/app:squash` },
      images: [{ tags: [`${registry.domain}/app:squash`], layers: [{ layer: 0 }] }],
      sameRootfs: true,
    });
    await store.out(['config', demo, '--set-label', 'a=b', ...out('config')]);
    await store.out(['append', demo, '--delete', '/etc/group', ...out('append'), '-q']);
    await store.out(['repack', demo, '--compression', 'gzip', ...out('repack')]);
    expect(Object.keys(tagsIn(registry, 'app'))).toEqual(['squash', 'config', 'append', 'repack']);
    const digest = documentOf('change', checked).images[0].manifestDigest;
    expect(tagsIn(registry, 'app')['squash']).toBe(digest);
  });

  it('is checked in the registry, and not in a mirror', async () => {
    const [registry, mirror] = [await start(), await start()];
    const out = `docker://${registry.domain}/app:1`;
    await store.out(['copy', await archiveFor('linux/s390x'), `docker://${mirror.domain}/app:1`]);
    const env = { LAYERS_REGISTRY_MIRRORS: mirror.domain };
    mirror.log.clear();
    const { stdout } = await store.layers(['squash', demo, '--check', '--json', '-o', out], { env });
    expect(documentOf('change', stdout).sameRootfs).toBe(true);
    expect(mirror.log.records).toEqual([]);
  });

  it('sends nothing with --dry-run', async () => {
    const registry = await start();
    await store.out(['squash', demo, '--dry-run', '-o', `docker://${registry.domain}/app`]);
    expect(registry.log.records).toEqual([]);
  });

  it('refuses several images that are not platforms of one', async () => {
    const registry = await start();
    const files = [await archiveFor('linux/amd64', 'a'), await archiveFor('linux/amd64', 'b')];
    const { status, stderr } = await store.layers([
      'repack',
      ...files,
      '-o',
      `docker://${registry.domain}/app`,
    ]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('cannot be the name of 2 images')]);
    expect(registry.log.records).toEqual([]);
  });
});

describe('layers login', () => {
  const users = { me: 'pass:word' };

  it('saves credentials that the registry accepts, and push and pull use them', async () => {
    const registry = await start({ authentication: { kind: 'basic', users } });
    const { domain } = registry;
    const env = { DOCKER_CONFIG: store.at('docker'), HOME: store.at('.') };
    const input = Buffer.from('pass:word\n');
    const login = ['login', '--json', '-u', 'me', '--password-stdin', domain];
    const { status, stdout, stderr } = await store.layers(login, { env, input });
    expect(status).toBe(0);
    const file = store.at('docker/config.json');
    expect(documentOf('login', stdout)).toMatchObject({ registry: domain, saved: { kind: 'file', file } });
    expect(stderr).toContain('as plain text');
    expect(stdout + stderr).not.toMatch(/pass:word|bWU6/);
    expect(readFileSync(file, 'utf8')).toContain(domain);
    await store.out(['copy', demo, `docker://${domain}/app`], { env });
    const out = documentOf('logout', await store.out(['logout', '--json', domain], { env }));
    expect(out.removed).toEqual([{ kind: 'file', file, program: null }]);
    const denied = await store.layers(['pull', `${domain}/app`], { env });
    expect([denied.status, denied.stderr]).toEqual([
      3,
      expect.stringContaining('[ERR_LAYERS_REGISTRY_AUTH]'),
    ]);
    const again = await store.layers(['pull', '-u', 'me', '--password-stdin', `${domain}/app`], {
      env,
      input,
    });
    expect([again.status, again.stderr]).toEqual([0, '']);
  });

  it('saves nothing that the registry refuses', async () => {
    const registry = await start({ authentication: { kind: 'bearer', users } });
    const env = { DOCKER_CONFIG: store.at('docker'), HOME: store.at('.') };
    const run = (password: string) =>
      store.layers(['login', '-u', 'me', '--password-stdin', registry.domain], {
        env,
        input: Buffer.from(password),
      });
    const { status, stdout, stderr } = await run('wrong-secret');
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('[ERR_LAYERS_REGISTRY_AUTH]');
    expect(stderr).not.toContain('wrong-secret');
    expect(stderr).toContain('hint: check the user name and the password');
    expect(() => readFileSync(store.at('docker/config.json'))).toThrow('ENOENT');
    expect((await run('pass:word')).status).toBe(0);
  });
});

describe('layers rm', () => {
  it('deletes a tag, or a digest with its tags', async () => {
    const registry = await start();
    const name = `${registry.domain}/app`;
    for (const tag of ['1', '2', '3']) await store.out(['copy', demo, `docker://${name}:${tag}`]);
    const digest = tagsIn(registry, 'app')['1'] ?? '';
    expect(await store.out(['rm', `docker://${name}:3`])).toBe(`Untagged: ${name}:3\n`);
    const refused = await store.layers(['rm', `docker://${name}@${digest}`]);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/deleted too: 1, 2 .*\nhint: add --force/),
    ]);
    const forced = documentOf(
      'rm',
      await store.out(['rm', '--json', '--force', `docker://${name}@${digest}`]),
    );
    expect(forced).toMatchObject({ tags: ['1', '2'], digest });
    expect(tagsIn(registry, 'app')).toEqual({});
    const gone = await store.layers(['rm', `docker://${name}@${digest}`]);
    expect([gone.status, gone.stderr]).toEqual([2, expect.stringContaining('the registry has no image')]);
  });

  it('asks the registry for the tags of a digest, and no mirror', async () => {
    const [registry, mirror] = [await start(), await start()];
    const name = `${registry.domain}/app`;
    for (const tag of ['1', '2']) await store.out(['copy', demo, `docker://${name}:${tag}`]);
    await store.out(['copy', await archiveFor('linux/s390x'), `docker://${mirror.domain}/app:2`]);
    const digest = tagsIn(registry, 'app')['1'] ?? '';
    const env = { LAYERS_REGISTRY_MIRRORS: mirror.domain };
    const { status, stderr } = await store.layers(['rm', `docker://${name}@${digest}`], { env });
    expect([status, stderr]).toEqual([2, expect.stringContaining('deleted too: 1, 2')]);
  });

  it.each([400, 405] as const)(
    'says how where the registry refuses tags with %i',
    async (tagDeletionStatus) => {
      const registry = await start({ behaviour: { tagDeletionStatus } });
      const name = `${registry.domain}/app`;
      for (const tag of ['1', '2']) await store.out(['copy', demo, `docker://${name}:${tag}`]);
      const digest = tagsIn(registry, 'app')['1'] ?? '';
      const { status, stderr } = await store.layers(['rm', `docker://${name}:1`]);
      expect(status).toBe(4);
      expect(stderr).toContain(
        `layers rm --force docker://${name}@${digest} deletes the image, and with it the tags 2`,
      );
      expect(Object.keys(tagsIn(registry, 'app'))).toEqual(['1', '2']);
    },
  );
});
