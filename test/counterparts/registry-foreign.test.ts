import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addForeign, type ForeignImage } from '@layers/testing/foreign-layer';
import { startTestRegistry, type TestRegistry } from '@layers/testing/registry';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { command } from './layers-command.ts';
import { attempt, run } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-registry-foreign-'));
const at = (name: string): string => join(folder, name);
process.env['LAYERS_STORE'] = at('store');
process.env['DOCKER_CONFIG'] = at('docker');
const socket = inject('dockerSocket');
const hasCrane = spawnSync('crane', ['version']).status === 0;

/** What a program did with a layer that is not distributable. */
interface Outcome {
  readonly status: number | null;
  /** Whether the target has the layer. */
  readonly hasLayer: boolean;
}

describe('a layer that is not distributable', () => {
  let registry: TestRegistry;
  /** Where the descriptor says that the layer is. */
  let place: Server;
  const images: Record<string, ForeignImage> = {};
  beforeAll(async () => {
    registry = await startTestRegistry();
    place = createServer((_, response) => response.end(images['lacks']?.bytes));
    await new Promise<void>((resolve) => {
      place.listen(0, '127.0.0.1', resolve);
    });
    const address = place.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const url = `http://127.0.0.1:${address.port}/foreign`;
    for (const name of ['has', 'lacks'])
      images[name] = addForeign(registry.storage, name, { hasBlob: name === 'has', url });
  });
  afterAll(async () => {
    await registry.stop();
    place.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const layerOf = (source: string): string => images[source]?.layer ?? '';
  const inRegistry = (name: string, source: string): boolean =>
    registry.storage.repository(name).blobs.has(layerOf(source));
  const inLayout = (name: string, source: string): boolean =>
    existsSync(join(at(name), 'blobs', layerOf(source).replace(':', '/')));

  /** Copies an image to a registry and to a layout. */
  async function copies(program: string, source: string): Promise<{ registry: Outcome; layout: Outcome }> {
    const from = `docker://${registry.domain}/${source}:1`;
    const [repository, layout] = [`${program}-${source}`, `${program}-${source}-layout`];
    const to = async (target: string): Promise<number | null> => {
      if (program === 'skopeo') {
        const options = ['--quiet', '--src-tls-verify=false', '--dest-tls-verify=false'];
        return (await attempt('skopeo', ['--insecure-policy', 'copy', ...options, from, target])).status;
      }
      return (await attempt(process.execPath, [command, 'copy', '-q', from, target])).status;
    };
    const statuses = [
      await to(`docker://${registry.domain}/${repository}:1`),
      await to(`oci:${at(layout)}:app`),
    ];
    return {
      registry: { status: statuses[0] ?? null, hasLayer: inRegistry(repository, source) },
      layout: { status: statuses[1] ?? null, hasLayer: inLayout(layout, source) },
    };
  }

  it('is skipped on the way to registries and layouts, as skopeo does, where the registry lacks it', async () => {
    const ours = await copies('layers', 'lacks');
    expect(ours).toEqual(await copies('skopeo', 'lacks'));
    expect(ours).toEqual({
      registry: { status: 0, hasLayer: false },
      layout: { status: 0, hasLayer: false },
    });
  });

  it('is kept in layouts where the registry has it; skopeo skips it there too', async () => {
    expect(await copies('skopeo', 'has')).toEqual({
      registry: { status: 0, hasLayer: false },
      layout: { status: 0, hasLayer: false },
    });
    expect(await copies('layers', 'has')).toEqual({
      registry: { status: 0, hasLayer: false },
      layout: { status: 0, hasLayer: true },
    });
  });

  it.skipIf(!hasCrane)('is skipped by crane on the way to registries', async () => {
    for (const source of ['has', 'lacks']) {
      await run('crane', ['copy', `${registry.domain}/${source}:1`, `${registry.domain}/crane-${source}:1`]);
      expect(inRegistry(`crane-${source}`, source)).toBe(false);
    }
  });

  it('is read by docker from the registry alone, and pulled without it by layers alone', async () => {
    const docker = dockerAt(socket);
    const name = (source: string): string => `${registry.domain}/${source}:1`;
    // Docker takes layers that it has from no registry.
    await expect(docker(['pull', name('lacks')])).rejects.toThrow();
    await docker(['pull', name('has')]);
    for (const source of ['has', 'lacks']) {
      const { status } = await attempt(process.execPath, [command, 'pull', '-q', name(source)]);
      expect(status).toBe(0);
      const target = `${registry.domain}/layers-${source}:1`;
      await run(process.execPath, [command, 'push', '-q', name(source), target]);
      expect(inRegistry(`layers-${source}`, source)).toBe(false);
    }
    await docker(['rmi', name('has')]);
  });
});
