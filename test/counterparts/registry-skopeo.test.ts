import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCertificates } from '@layers/testing/certificates';
import {
  type Behaviour,
  COMPLETE,
  startTestRegistry,
  type TestRegistry,
  type TestRegistryOptions,
  tooManyRequests,
} from '@layers/testing/registry';
import { afterAll, afterEach, describe, expect, inject, it } from 'vitest';
import { run } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-registry-skopeo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo = `oci-archive:${fileURLToPath(new URL('../../examples/demo-oci.tar', import.meta.url))}`;
const users = { alice: 'wonderland' };
const login = '--creds=alice:wonderland';

async function skopeo(...args: string[]): Promise<string> {
  return (await run('skopeo', ['--insecure-policy', ...args])).toString();
}

const UNUSUAL: Partial<Behaviour> = {
  ranges: false,
  uploadStatus: false,
  location: 'relative',
  uploadLocations: 'latest',
  mounts: false,
  redirectBlobs: true,
  referrers: false,
  pageSize: 1,
  warning: 'be careful',
};

describe.skipIf(inject('missing').length > 0)('skopeo and the registry of tests', () => {
  let registry: TestRegistry | null = null;
  afterEach(() => registry?.stop());

  async function roundTrip(options: TestRegistryOptions, flags: readonly string[]): Promise<TestRegistry> {
    const started = await startTestRegistry(options);
    registry = started;
    const image = `docker://${started.domain}/some/demo`;
    const [from, to] =
      flags.length === 0 ? [[], []] : [[`--src-creds=${flags[0]}`], [`--dest-creds=${flags[0]}`]];
    const copy = ['copy', '--quiet', '--preserve-digests'];
    await skopeo(...copy, '--dest-tls-verify=false', ...to, demo, `${image}:1`);
    await skopeo(
      ...copy,
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      ...from,
      ...to,
      `${image}:1`,
      `${image}:2`,
    );
    const back = join(folder, `back-${started.domain.split(':')[1]}`);
    await skopeo(...copy, '--src-tls-verify=false', ...from, `${image}:1`, `dir:${back}`);
    await skopeo(...copy, demo, `dir:${back}-straight`);
    expect(readFileSync(join(back, 'manifest.json'))).toEqual(
      readFileSync(join(`${back}-straight`, 'manifest.json')),
    );
    const creds = flags.map((flag) => `--creds=${flag}`);
    const listed = JSON.parse(await skopeo('list-tags', '--tls-verify=false', ...creds, image));
    expect(listed.Tags).toEqual(['1', '2']);
    return started;
  }

  it('copy an image in and out', async () => {
    const { log, storage } = await roundTrip({}, []);
    const { blobs } = storage.repository('some/demo');
    expect(new Set(log.pushes().keys())).toEqual(new Set(blobs.keys()));
    for (const { times } of log.pushes().values()) expect(times).toBe(1);
    expect(new Set(log.pulls().keys())).toEqual(new Set(blobs.keys()));
    for (const { times } of log.pulls().values()) expect(times).toBeGreaterThan(0);
    expect(log.repeatedUploadBytes()).toBe(0);
    expect(log.credentials()).toEqual([]);
  });

  it('copy an image where the registry behaves unusually', async () => {
    const { log } = await roundTrip({ behaviour: UNUSUAL }, []);
    expect(log.lines('blobs').length).toBeGreaterThan(0);
    expect(Object.keys(UNUSUAL).every((name) => name in COMPLETE)).toBe(true);
  });

  it.each(['basic', 'bearer'] as const)('copy an image with %s authentication', async (kind) => {
    const { log } = await roundTrip({ authentication: { kind, users }, behaviour: { redirectBlobs: true } }, [
      'alice:wonderland',
    ]);
    const hosts = new Set(log.mentions('wonderland').map(({ server }) => server));
    expect([...hosts]).toEqual([kind === 'basic' ? 'registry' : 'tokens']);
  });

  it('use TLS with certificates of servers and clients', async () => {
    const { ca, server, client } = createCertificates();
    const started = await startTestRegistry({ tls: { ...server, clientCa: ca } });
    registry = started;
    for (const [name, text] of Object.entries({ 'ca.crt': ca, 'c.cert': client.cert, 'c.key': client.key })) {
      writeFileSync(join(folder, name), text);
    }
    const image = `docker://${started.domain}/demo:1`;
    await skopeo('copy', '--quiet', `--dest-cert-dir=${folder}`, demo, image);
    expect(JSON.parse(await skopeo('inspect', `--cert-dir=${folder}`, image)).Name).toBe(
      `${started.domain}/demo`,
    );
    await expect(skopeo('inspect', image)).rejects.toThrow(/x509|certificate/);
  });

  it('delete an image', async () => {
    const { domain, storage } = await roundTrip({ authentication: { kind: 'bearer', users } }, [
      'alice:wonderland',
    ]);
    await skopeo('delete', '--tls-verify=false', login, `docker://${domain}/some/demo:1`);
    const { manifests, tags } = storage.repository('some/demo');
    expect([manifests.size, tags.size]).toEqual([0, 0]);
  });

  it('go on after a request that was one too many', async () => {
    let count = 0;
    const started = await startTestRegistry({
      faults: ({ path }) => (path === '/v2/demo/tags/list' && count++ === 0 ? tooManyRequests(1) : null),
    });
    registry = started;
    const image = `docker://${started.domain}/demo`;
    await skopeo('copy', '--quiet', '--dest-tls-verify=false', demo, `${image}:1`);
    const retried = await skopeo(
      'list-tags',
      '--retry-times=2',

      '--tls-verify=false',
      image,
    );
    expect(JSON.parse(retried).Tags).toEqual(['1']);
    expect(started.log.lines().filter((line) => line.includes('/tags/list'))).toHaveLength(2);
  });
});
