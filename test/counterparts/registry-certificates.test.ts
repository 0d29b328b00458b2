import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCertificates } from '@layers/testing/certificates';
import { type DockerRegistry, startDockerRegistry } from '@layers/testing/docker-registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from './layers-command.ts';
import { attempt, run } from './processes.ts';

const demo = fileURLToPath(new URL('../../examples/demo.tar', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'layers-registry-certificates-'));

describe('docker-registry with an authority of its own that wants client certificates', () => {
  const { ca, server, client } = createCertificates();
  let registry: DockerRegistry;
  beforeAll(async () => {
    registry = await startDockerRegistry({ tls: { ...server, clientCa: ca }, client: { ca, ...client } });
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Writes `certs.d/HOST` of a home directory; returns the environment with that home, and the directory. */
  function certificates(name: string, files: Readonly<Record<string, string>>) {
    const home = join(folder, name);
    const directory = join(home, '.config/containers/certs.d', registry.domain);
    mkdirSync(directory, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
    return { directory, env: { ...process.env, HOME: home, LAYERS_STORE: join(home, 'store') } };
  }

  it('is pushed to and pulled from, and skopeo reads the same digest', async () => {
    const files = { 'ca.crt': ca, 'me.cert': client.cert, 'me.key': client.key };
    const { directory, env } = certificates('good', files);
    const layers = async (...args: readonly string[]): Promise<string> =>
      (await run(process.execPath, [command, ...args], { env })).toString();
    const name = `${registry.domain}/app:1`;
    await layers('load', '-i', demo);
    const [pushed] = JSON.parse(await layers('push', '--json', 'bramble:1.4', name)).pushed;
    const [pulled] = JSON.parse(await layers('pull', '--json', name)).pulled;
    expect(pulled.digest).toBe(pushed.digest);
    const inspect = ['inspect', '--cert-dir', directory, '--format', '{{.Digest}}', `docker://${name}`];
    expect((await run('skopeo', inspect)).toString().trim()).toBe(pushed.digest);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['none', { 'ca.crt': ca }],
    ['one of another authority', { 'ca.crt': ca, ...otherClient() }],
  ])('refuses a client with a certificate that is not right: %s', async (name, files) => {
    const { env } = certificates(name, files);
    for (const args of [
      ['copy', demo, `docker://${registry.domain}/refused:1`],
      ['pull', `${registry.domain}/app:1`],
    ]) {
      const { status, stderr } = await attempt(process.execPath, [command, ...args], { env });
      expect(status).toBe(3);
      expect(stderr).toMatch(/^error: .*TLS failed: .*\[ERR_LAYERS_REGISTRY\]\nhint: .*certificate.*\n$/);
      expect(stderr).not.toContain('PRIVATE KEY');
    }
  });

  function otherClient(): Readonly<Record<string, string>> {
    const other = createCertificates();
    return { 'me.cert': other.client.cert, 'me.key': other.client.key };
  }
});
