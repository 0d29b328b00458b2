import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificates } from '@layers/testing/certificates';
import type { TestRegistry } from '@layers/testing/registry';
import { demo, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();
const certificates = createCertificates();

/** Writes files into `certs.d/HOST` of a home directory, and returns the environment with that home. */
function homeWith(registry: TestRegistry, files: Readonly<Record<string, string>>): { HOME: string } {
  const home = store.at('home');
  const folder = join(home, '.config/containers/certs.d', registry.domain);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { HOME: home };
}

describe('a registry with an authority of its own that wants client certificates', () => {
  const { ca, server, client } = certificates;
  const files = { 'ca.crt': ca, 'me.cert': client.cert, 'me.key': client.key };
  const withClients = () => start({ tls: { ...server, clientCa: ca } });

  it('is pushed to and pulled from with certs.d', async () => {
    const registry = await withClients();
    const env = homeWith(registry, files);
    const name = `${registry.domain}/app:1`;
    await store.out(['load', '-i', demo]);
    await store.out(['push', 'bramble:1.4', name], { env });
    expect(Object.keys(tagsIn(registry, 'app'))).toEqual(['1']);
    expect(await store.out(['pull', name], { env })).toContain(name);
    expect(await store.out(['tags', `${registry.domain}/app`], { env })).toBe('1\n');
    await store.out(['copy', `docker://${name}`, `docker://${registry.domain}/b/app:1`], { env });
    const layout = `oci:${store.at('layout')}`;
    await store.out(['copy', `docker://${name}`, layout], { env });
    expect(await store.out(['digest', layout])).toBe(await store.out(['digest', name], { env }));
  });

  it('is used with --cert-dir', async () => {
    const registry = await withClients();
    const { HOME } = homeWith(registry, files);
    const folder = join(HOME, '.config/containers/certs.d', registry.domain);
    await store.out(['copy', '--dest-cert-dir', folder, demo, `docker://${registry.domain}/app:1`]);
    await store.out(['pull', '--cert-dir', folder, `${registry.domain}/app:1`]);
    expect(Object.keys(tagsIn(registry, 'app'))).toEqual(['1']);
  });

  it('refuses other clients; nothing is asked of it, and the error names it', async () => {
    const registry = await withClients();
    const other = createCertificates();
    const cases: readonly Readonly<Record<string, string>>[] = [
      { 'ca.crt': ca },
      { 'ca.crt': other.ca, 'me.cert': client.cert, 'me.key': client.key },
      {},
    ];
    for (const each of cases) {
      const env = homeWith(registry, each);
      for (const args of [
        ['copy', demo, `docker://${registry.domain}/app:1`],
        ['pull', `${registry.domain}/app:1`],
      ]) {
        const { status, stdout, stderr } = await store.layers(args, { env });
        expect([stdout, stderr]).toEqual(['', expect.stringContaining(registry.domain)]);
        expect(status).toBeGreaterThan(2);
        expect(stderr).toMatch(/certificate|certs\.d|TLS/);
        expect(stderr).not.toContain('PRIVATE KEY');
      }
    }
    expect(registry.log.records).toEqual([]);
    expect(tagsIn(registry, 'app')).toEqual({});
  });
});
