import { randomBytes } from 'node:crypto';
import { layersAsync } from '@layers/testing/command';
import { pushedImage, pushedIndex } from '@layers/testing/registry/pushed-image';
import {
  startTestRegistry,
  type TestRegistry,
  type TestRegistryOptions,
} from '@layers/testing/registry/test-registry';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { afterEach, describe, expect, it } from 'vitest';

const scratch = useScratch();
const running: TestRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

async function start(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = await startTestRegistry(options);
  running.push(registry);
  return registry;
}

const LAYER_BYTES = 300_000;
const tar = () => buildTar([{ path: 'etc/motd', data: randomBytes(LAYER_BYTES) }]);

/** Adds an image for two platforms and returns the digests. */
const addImage = (registry: TestRegistry) =>
  pushedIndex(registry.storage, 'app', '1', [
    { os: 'linux', architecture: 'amd64', layers: [tar(), tar()] },
    { os: 'linux', architecture: 'arm64', layers: [tar()] },
  ]);

const AMD64 = ['--platform', 'linux/amd64'];

describe('an image of a registry, without its layers', () => {
  const users = { users: { ada: 'secret' } };
  it.each<[string, TestRegistryOptions, readonly string[]]>([
    ['anonymous', {}, []],
    ['redirected', { behaviour: { redirectBlobs: true } }, []],
    ['with tokens', { authentication: { kind: 'bearer', users: {} } }, []],
    ['with a password', { authentication: { kind: 'basic', ...users } }, ['ada', 'secret']],
  ])('needs four requests and little of what is stored: %s', async (_, options, login) => {
    const registry = await start(options);
    const { index, manifests } = addImage(registry);
    const [username, password] = login;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    const file = scratch.file(Buffer.from(JSON.stringify({ auths: { [registry.domain]: { auth } } })));
    const access = username === undefined ? [] : ['--authfile', file];
    for (const command of ['inspect', 'history']) {
      registry.log.clear();
      const { status, stdout, stderr } = await layersAsync([
        command,
        '--json',
        ...AMD64,
        ...access,
        `docker://${registry.domain}/app:1`,
      ]);
      expect([stderr, status]).toEqual(['', 0]);
      expect(JSON.parse(stdout)).toMatchObject({
        source: { format: 'registry', path: `docker://${registry.domain}/app:1`, sizeBytes: null },
        image: { manifestDigest: manifests[0]?.digest, platform: { architecture: 'amd64' } },
      });
      const requests = registry.log.records;
      expect(registry.log.lines().length).toBeLessThanOrEqual(4);
      expect(requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0)).toBeLessThan(64 * 1024);
      expect(requests.some(({ path }) => path.includes(index))).toBe(false);
    }
  });

  it('prints a label with a template, and requests no layer', async () => {
    const registry = await start();
    const labels = { maintainer: 'someone@example.org', version: '777' };
    const { layers } = pushedImage(registry.storage, 'testo', 'latest', { labels, layers: [tar()] });
    const name = `docker://${registry.domain}/testo`;
    for (const words of [['inspect'], ['image', 'inspect']]) {
      const { stdout, stderr } = await layersAsync([...words, '-f', '{{.Config.Labels}}', name]);
      expect([stdout, stderr]).toEqual(['map[maintainer:someone@example.org version:777]\n', '']);
    }
    const { stdout } = await layersAsync(['inspect', '-f', '{{.totals.layers}} {{.layersRead}}', name]);
    expect(stdout).toBe('1 false\n');
    expect(registry.log.records.some(({ path }) => path.includes(layers[0]?.digest ?? 'none'))).toBe(false);
  });

  it('is described as declared, and names the other platforms', async () => {
    const registry = await start();
    const { manifests } = addImage(registry);
    const name = `docker://${registry.domain}/app:1`;
    const { stdout } = await layersAsync(['inspect', '--json', ...AMD64, name]);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      layersRead: false,
      otherPlatforms: [{ platform: { os: 'linux', architecture: 'arm64' }, digest: manifests[1]?.digest }],
      findings: [],
    });
    expect(document.layers).toEqual(
      manifests[0]?.layers.map(({ digest, diffId, size }, layer) =>
        expect.objectContaining({ layer, digest, diffId, storedBytes: size, verified: null }),
      ),
    );
    const text = (await layersAsync(['inspect', ...AMD64, name])).stdout;
    expect(text).toContain('linux/arm64');
    expect(text).toContain('layers not read: add --layers');
    expect(text).toContain('checked: the digests of manifest and config');
    const history = JSON.parse((await layersAsync(['history', '--json', ...AMD64, name])).stdout).history;
    expect(history.map(({ contentBytes }: { contentBytes: unknown }) => contentBytes)).toEqual([null, null]);
  });

  it('is read with --layers', async () => {
    const registry = await start();
    addImage(registry);
    const name = `docker://${registry.domain}/app:1`;
    for (const flag of ['--layers', '--verify']) {
      const { stdout } = await layersAsync(['inspect', '--json', flag, ...AMD64, name]);
      const document = JSON.parse(stdout);
      expect(document).toMatchObject({ layersRead: true, source: { format: 'registry', sizeBytes: null } });
      expect(document.totals.contentBytes).toBe(2 * LAYER_BYTES);
    }
    const { stdout } = await layersAsync(['history', '--jsonl', '--layers', ...AMD64, name]);
    expect(stdout.split('\n').filter((line) => line.includes(`"contentBytes":${LAYER_BYTES},`))).toHaveLength(
      2,
    );
  });

  it('is listed for all platforms, without layers', async () => {
    const registry = await start();
    const { manifests } = addImage(registry);
    const { stdout } = await layersAsync(['list', '--jsonl', `docker://${registry.domain}/app:1`]);
    const items = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(items).toMatchObject(
      manifests.map(({ digest, layers: { length } }) => ({ manifestDigest: digest, layers: length })),
    );
    expect([...registry.log.pulls().values()].every(({ bytes }) => bytes < 1000)).toBe(true);
  });

  it('is refused where its config is not what the manifest declares', async () => {
    const registry = await start();
    const { config } = pushedImage(registry.storage, 'app', '1', { layers: [tar()] });
    const { blobs } = registry.storage.repository('app');
    // As long, so that only the digest tells.
    blobs.set(
      config,
      Buffer.from(
        Buffer.from(blobs.get(config) ?? [])
          .toString()
          .replace('linux', 'Linux'),
      ),
    );
    const { status, stderr } = await layersAsync(['inspect', `docker://${registry.domain}/app:1`]);
    expect(status).toBe(3);
    expect(stderr).toContain('[ERR_LAYERS_BLOB_MISMATCH]');
  });
});
