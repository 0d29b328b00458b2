import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestRegistry, type TestRegistry } from '@layers/testing/registry';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { layersCommand } from './layers-command.ts';
import { run } from './processes.ts';

/** Pulls one image after the other from a registry that counts bytes, and compares them with the pull cost. */
const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-pull-cost-'));
const demo = fileURLToPath(new URL('../../examples/demo-oci.tar', import.meta.url));
const readme = fileURLToPath(new URL('../../examples/README.md', import.meta.url));

interface Update {
  readonly totals: {
    readonly fetchedBytes: number;
    readonly dockerBytes: number;
    readonly fetchedLayers: number;
  };
  readonly layers: readonly { readonly digest: string; readonly bytes: number }[];
}

describe.skipIf(socket === '')('the pull cost', () => {
  let registry: TestRegistry;
  const images = ['1', '2', '3'].map((name) => join(folder, `${name}.tar`));

  beforeAll(async () => {
    registry = await startTestRegistry();
    const [first = '', second = '', third = ''] = images;
    await layersCommand(['append', demo, '--add', `${readme}:/a`, '-o', first]);
    await layersCommand(['append', first, '--add', `${readme}:/b`, '-o', second]);
    // The layer of the first image again, on top of another one.
    await layersCommand(['append', demo, '--add', `${readme}:/c`, '-o', join(folder, 'other.tar')]);
    await layersCommand(['append', join(folder, 'other.tar'), '--add', `${readme}:/a`, '-o', third]);
    for (const [i, image] of images.entries()) {
      const to = `docker://${registry.domain}/app:${i + 1}`;
      const options = [
        '--insecure-policy',
        'copy',
        '--quiet',
        '--preserve-digests',
        '--dest-tls-verify=false',
      ];
      await run('skopeo', [...options, `oci-archive:${image}`, to]);
    }
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function updateOf(a: string, b: string): Promise<Update> {
    const document: { updates: Update[] } = JSON.parse(await layersCommand(['pull-cost', '--json', a, b]));
    const [update] = document.updates;
    if (update === undefined) throw new Error('no update');
    return update;
  }

  /** Returns the bytes of the layers that the registry sends during some work. */
  async function sentBytes({ layers }: Update, work: () => Promise<unknown>): Promise<number> {
    const before = registry.log.records.length;
    await work();
    const digests = new Set(layers.map(({ digest }) => digest));
    return registry.log.records
      .slice(before)
      .filter(({ blob, method }) => method === 'GET' && blob !== null && digests.has(blob.digest))
      .reduce((sum, request) => sum + request.sentBytes, 0);
  }

  const PAIRS = [
    ['a new layer on top', 1, 2],
    ['the same layer on another one', 1, 3],
    ['nothing', 2, 2],
  ] as const;

  it.each(PAIRS)('of %s is what skopeo gets', async (_, from, to) => {
    const update = await updateOf(images[from - 1] ?? '', images[to - 1] ?? '');
    const layout = mkdtempSync(join(folder, 'layout-'));
    const copy = (tag: number) =>
      run('skopeo', [
        '--insecure-policy',
        'copy',
        '--quiet',
        '--src-tls-verify=false',
        `docker://${registry.domain}/app:${tag}`,
        `oci:${layout}:${tag}`,
      ]);
    await copy(from);
    expect(await sentBytes(update, () => copy(to))).toBe(update.totals.fetchedBytes);
    const inRegistry = [from, to].map((tag) => `docker://${registry.domain}/app:${tag}`);
    const [a = '', b = ''] = inRegistry;
    const ofDocuments: { updates: Update[] } = JSON.parse(
      await layersCommand(['pull-cost', '--json', '--insecure', a, b]),
    );
    expect(ofDocuments.updates[0]?.totals).toMatchObject({
      fetchedBytes: update.totals.fetchedBytes,
      dockerBytes: update.totals.dockerBytes,
    });
  });

  it.each(PAIRS)('of %s is what a Docker Engine gets', async (_, from, to) => {
    const update = await updateOf(images[from - 1] ?? '', images[to - 1] ?? '');
    const pull = (tag: number) => docker(['pull', '--quiet', `${registry.domain}/app:${tag}`]);
    await pull(from);
    expect(await sentBytes(update, () => pull(to))).toBe(update.totals.dockerBytes);
    for (const tag of new Set([from, to])) await docker(['rmi', '--force', `${registry.domain}/app:${tag}`]);
  });
});
