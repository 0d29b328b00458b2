import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DockerRegistry, startDockerRegistry } from '@layers/testing/docker-registry';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { command } from './layers-command.ts';
import { run } from './processes.ts';

const demo = fileURLToPath(new URL('../../examples/demo.tar', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'layers-registry-commands-'));
const at = (name: string): string => join(folder, name);
const socket = inject('dockerSocket');
process.env['LAYERS_STORE'] = at('store');
process.env['DOCKER_CONFIG'] = at('docker');

const layers = async (...args: readonly string[]): Promise<string> =>
  (await run(process.execPath, [command, ...args])).toString();
const skopeo = async (...args: readonly string[]): Promise<string> =>
  (await run('skopeo', args)).toString().trim();

describe('the commands for registries, with docker-registry', () => {
  let registry: DockerRegistry;
  beforeAll(async () => {
    registry = await startDockerRegistry();
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const digestOf = (name: string) =>
    skopeo('inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${name}`);

  it('push what skopeo and docker read, and pull it again', async () => {
    const image = `${registry.domain}/myfirstimage`;
    await layers('load', '-i', demo);
    await layers('tag', 'bramble:1.4', image);
    const [pushed] = JSON.parse(await layers('push', '--json', image)).pushed;
    expect(await digestOf(`${image}:latest`)).toBe(pushed.digest);
    await skopeo('copy', '--src-tls-verify=false', `docker://${image}`, `oci:${at('skopeo')}:app`);
    expect(JSON.parse(await layers('list', '--json', at('skopeo'))).images).toHaveLength(1);
    const [id] = (await layers('images', '-q')).split('\n');
    await layers('rmi', image, 'bramble:1.4');
    await layers('pull', image);
    expect((await layers('images', '-q')).split('\n')).toEqual([id, '']);
  });

  it('read what skopeo pushed, with its digest', async () => {
    const name = `${registry.domain}/skopeo:1`;
    await skopeo('copy', '--dest-tls-verify=false', `docker-archive:${demo}`, `docker://${name}`);
    const [pulled] = JSON.parse(await layers('pull', '--json', name)).pulled;
    expect(pulled.digest).toBe(await digestOf(name));
    const copied = JSON.parse(
      await layers('copy', '--json', `docker://${name}`, `docker://${registry.domain}/near:1`),
    );
    expect(copied.blobs).toMatchObject({ uploaded: 0, existing: 0 });
    expect(await digestOf(`${registry.domain}/near:1`)).toBe(pulled.digest);
  });

  it('delete what skopeo then does not find', async () => {
    const name = `${registry.domain}/deleted`;
    await layers('copy', demo, `docker://${name}:1`);
    const digest = await digestOf(`${name}:1`);
    await expect(layers('rm', `docker://${name}:1`)).rejects.toThrow(`layers rm docker://${name}@${digest}`);
    expect(await layers('rm', `docker://${name}@${digest}`)).toBe(
      `Untagged: ${name}:1\nDeleted: ${digest}\n`,
    );
    await expect(digestOf(`${name}:1`)).rejects.toThrow('manifest unknown');
  });

  it.skipIf(socket === '')('push what docker pulls, and pull what docker pushed', async () => {
    const docker = dockerAt(socket);
    const name = `${registry.domain}/docker:1`;
    await layers('copy', demo, `docker://${name}`);
    await docker(['pull', '-q', name]);
    await docker(['tag', name, `${registry.domain}/again:1`]);
    await docker(['push', '-q', `${registry.domain}/again:1`]);
    await layers('pull', `${registry.domain}/again:1`);
    const { image } = JSON.parse(await layers('inspect', '--json', `store:${registry.domain}/again:1`));
    const { image: before } = JSON.parse(await layers('inspect', '--json', demo));
    expect(image.id).toBe(before.id);
  });
});
