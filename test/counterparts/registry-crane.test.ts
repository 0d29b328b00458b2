import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openImage } from '@layers/core';
import { verifyArchive } from '@layers/core/analysis';
import { copyImage, createRegistryClient, openRegistryImage, pushImages } from '@layers/registry';
import { repackImage } from '@layers/rewrite';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-registry-crane-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo = fileURLToPath(new URL('../../examples/demo.tar', import.meta.url));

const hasCrane = spawnSync('crane', ['version']).status === 0;

// Its registry has no ranges at the end of a blob, no upload status, and mounts nothing.
describe.skipIf(!hasCrane)('crane and this client', () => {
  let registry: { readonly domain: string; stop(): Promise<void> };
  beforeEach(async () => {
    const child = spawn('crane', ['registry', 'serve', '--address', '127.0.0.1:0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [line] = await once(createInterface(child.stderr), 'line');
    const port = /serving on port (\d+)/.exec(String(line))?.[1];
    registry = {
      domain: `127.0.0.1:${port}`,
      async stop() {
        const exited = once(child, 'exit');
        child.kill();
        await exited;
      },
    };
  });
  afterEach(() => registry.stop());

  it('read what the other pushed, with the same digests', async () => {
    const { domain } = registry;
    const client = createRegistryClient({ homeDirectory: folder, env: {} });
    // crane's validation reads compressed layers alone.
    const image = await repackImage(await openImage(demo), { compression: { kind: 'gzip', level: null } });
    const pushed = await pushImages(client, `${domain}/app:1`, [image]);
    expect((await run('crane', ['digest', `${domain}/app:1`])).toString().trim()).toBe(pushed.digest);
    expect(spawnSync('crane', ['validate', '--remote', `${domain}/app:1`]).status).toBe(0);
    const archive = join(folder, 'pulled.tar');
    await run('crane', ['pull', '--format=oci', `${domain}/app:1`, archive]);
    expect((await verifyArchive({ path: archive })).verified).toBe(true);

    await run('crane', ['copy', `${domain}/app:1`, `${domain}/by-crane:1`]);
    expect((await openRegistryImage(client, `${domain}/by-crane:1`)).id).toBe(pushed.images[0]?.id);
    const copied = await copyImage(client, `${domain}/by-crane:1`, `${domain}/copied:1`);
    expect(copied.digest).toBe(pushed.digest);

    const tags: string[] = [];
    for await (const tag of client.repository(`${domain}/copied`).tags()) tags.push(tag);
    expect(tags).toEqual(['1']);
    const repositories: string[] = [];
    for await (const name of client.repositories(domain)) repositories.push(name);
    expect(repositories.sort()).toEqual(['app', 'by-crane', 'copied']);
    expect(await client.repository(`${domain}/copied`).delete(copied.digest)).toBe('deleted');
  });
});
