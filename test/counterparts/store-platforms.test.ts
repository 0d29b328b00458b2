import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDockerRegistry } from '@layers/testing/docker-registry';
import { demo, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { run } from './processes.ts';

const store = useTestStore();

async function skopeo(...args: string[]): Promise<Buffer> {
  return run('skopeo', ['--insecure-policy', ...args]);
}

/** Writes an image for two platforms to a layout. */
async function severalPlatforms(layout: string): Promise<void> {
  const files: string[] = [];
  for (const architecture of ['amd64', 'arm64']) {
    const file = store.at(`${architecture}.tar`);
    const platform = ['--set-platform', `linux/${architecture}`];
    await store.out(['config', demo, ...platform, '--tag', 'app:1', '-o', file, '-q']);
    files.push(file);
  }
  const registry = await startDockerRegistry();
  try {
    const name = `docker://${registry.domain}/app:1`;
    await store.out(['repack', '--all', ...files, '-o', name, '-q']);
    await skopeo('copy', '--all', '--src-tls-verify=false', name, `oci:${layout}:app:1`);
  } finally {
    await registry.stop();
  }
}

describe('an image for several platforms that skopeo wrote', () => {
  it('goes through the store with the same bytes, to a file, a layout and a registry', async () => {
    const layout = store.at('layout');
    await severalPlatforms(layout);
    const raw = await skopeo('inspect', '--raw', `oci:${layout}:app:1`);
    await store.out(['load', '-i', layout]);
    await store.out(['save', '--format', 'oci', '-o', store.at('saved.tar'), 'app:1']);
    await store.out(['save', '-o', `oci:${store.at('saved')}`, 'app:1']);
    const registry = await startDockerRegistry();
    try {
      await store.out(['push', 'app:1', `${registry.domain}/app:2`]);
      const places = [
        `oci-archive:${store.at('saved.tar')}:app:1`,
        `oci:${store.at('saved')}:app:1`,
        `oci:${store.path()}:app:1`,
      ];
      for (const place of places)
        expect([place, await skopeo('inspect', '--raw', place)]).toEqual([place, raw]);
      const pushed = `docker://${registry.domain}/app:2`;
      expect(await skopeo('inspect', '--raw', '--tls-verify=false', pushed)).toEqual(raw);
      await store.out(['rmi', 'app:1']);
      await store.out(['pull', '--all', `${registry.domain}/app:2`]);
      expect(await store.out(['manifest', `store:${registry.domain}/app:2`])).toBe(raw.toString());
      await skopeo('copy', '--all', places[0] ?? '', `oci:${store.at('again')}:app:1`);
      const { manifests } = JSON.parse(readFileSync(join(store.at('again'), 'index.json'), 'utf8'));
      expect(manifests).toHaveLength(1);
    } finally {
      await registry.stop();
    }
  });

  it('is squashed for every platform, into an index that skopeo copies', async () => {
    const layout = store.at('layout');
    await severalPlatforms(layout);
    const out = `oci:${store.at('small')}:app:1`;
    await store.out(['squash', '--all-platforms', '--check', `oci:${layout}`, '-o', out]);
    const { manifests } = JSON.parse((await skopeo('inspect', '--raw', out)).toString());
    const platforms = manifests.map(({ platform }: { readonly platform: unknown }) => platform);
    expect(platforms).toEqual([
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux' },
    ]);
    await skopeo('copy', '--all', out, `oci:${store.at('copied')}:app:1`);
    expect(await skopeo('inspect', '--raw', `oci:${store.at('copied')}:app:1`)).toEqual(
      await skopeo('inspect', '--raw', out),
    );
  });
});
