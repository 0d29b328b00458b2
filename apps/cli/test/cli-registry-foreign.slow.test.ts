import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addForeign, FOREIGN_URL } from '@layers/testing/foreign-layer';
import { useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { documentOf, tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();

const blobAt = (folder: string, digest: string): string => join(folder, 'blobs', digest.replace(':', '/'));

/** Returns the registry, the name of the image in it, and its foreign layer. */
async function withForeign(has: 'has' | 'lacks') {
  const registry = await start();
  const image = addForeign(registry.storage, 'app', { hasBlob: has === 'has' });
  return { registry, ...image, name: `${registry.domain}/app:1` };
}

/** Runs a command, and returns its document and the codes of its findings. */
async function documented(schema: string, args: readonly string[]) {
  const { status, stdout, stderr } = await store.layers([...args, '--json']);
  expect([status, stderr.match(/^error: .*/m)?.[0]]).toEqual([0, undefined]);
  const document = documentOf(schema, stdout);
  return { document, stderr, codes: document.findings.map(({ code }: { readonly code: string }) => code) };
}

const lost = (what: string) =>
  expect.stringMatching(
    new RegExp(
      `^warning: \\S+: the layer sha256:\\w+ is not distributable, and ${what}; .* ${FOREIGN_URL}\\n$`,
    ),
  );

describe('a layer that is not distributable, and that the registry lacks', () => {
  it.each(['oci:', 'oci-archive:', 'store:'])(
    'is left out of %s with a warning; the manifest keeps its bytes',
    async (transport) => {
      const { name, manifest, layer } = await withForeign('lacks');
      const target = transport === 'store:' ? 'store:app:1' : `${transport}${store.at('out')}:app:1`;
      const { stderr, codes, document } = await documented('copy', ['copy', `docker://${name}`, target]);
      expect(stderr).toEqual(lost('is left out'));
      expect(codes).toContain('layer-not-distributable');
      expect(document.target.digest).toBe(manifest);
      if (transport !== 'oci-archive:') {
        const folder = transport === 'oci:' ? store.at('out') : store.path();
        expect(existsSync(blobAt(folder, layer))).toBe(false);
        expect(readFileSync(blobAt(folder, manifest)).toString()).toContain(FOREIGN_URL);
      }
      expect(await store.out(['ls', target])).toBe('a\n');
    },
  );

  it('is left out by pull; the store is whole, and saves, loads and pushes the image', async () => {
    const { registry, name, manifest } = await withForeign('lacks');
    const { stderr } = await documented('pull', ['pull', name]);
    expect(stderr).toEqual(lost('is left out'));
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 1 image,/);
    await store.out(['save', name, '-o', `oci-archive:${store.at('saved.tar')}`]);
    await store.out(['rmi', name]);
    await store.out(['load', '-i', store.at('saved.tar')]);
    const push = await documented('push', ['push', name, `docker://${registry.domain}/other:2`]);
    expect(push.stderr).toEqual(lost('is not sent'));
    expect(tagsIn(registry, 'other')).toEqual({ 2: manifest });
  });

  it.each(['docker-archive:', '', 'docker://'])(
    'is an error where files of it are needed: %j',
    async (transport) => {
      const { name } = await withForeign('lacks');
      const args =
        transport === 'docker://'
          ? ['squash', `docker://${name}`, '-o', store.at('out')]
          : ['copy', `docker://${name}`, `${transport}${store.at('out')}`];
      const { status, stderr } = await store.layers(args);
      expect([status, existsSync(store.at('out'))]).toEqual([3, false]);
      expect(stderr).toMatch(/layer 1 is .*\[ERR_LAYERS_LAYER_MISSING\]\nhint: (?!.*docker save)/);
    },
  );

  it('is a finding of commands that show an image', async () => {
    const { name } = await withForeign('lacks');
    for (const args of [['inspect'], ['inspect', '--layers']]) {
      const { findings } = JSON.parse(await store.out([...args, '--json', `docker://${name}`]));
      expect(findings).toMatchObject([{ code: 'layer-not-distributable', place: { layer: 1 } }]);
    }
    expect(await store.out(['ls', `docker://${name}`])).toBe('a\n');
  });
});

describe('a layer that is not distributable, and that the registry has', () => {
  it('is pulled and copied to files, and not sent to registries', async () => {
    const { registry, name, manifest, layer } = await withForeign('has');
    expect((await documented('copy', ['copy', `docker://${name}`, `oci:${store.at('out')}`])).codes).toEqual(
      [],
    );
    expect(existsSync(blobAt(store.at('out'), layer))).toBe(true);
    expect((await documented('pull', ['pull', name])).codes).toEqual([]);
    expect(existsSync(blobAt(store.path(), layer))).toBe(true);
    for (const [schema, args] of [
      ['copy', ['copy', `docker://${name}`]],
      ['copy', ['copy', `oci:${store.at('out')}`]],
      ['push', ['push', name]],
      ['save', ['save', name, '-o']],
    ] as const) {
      const repository = `to-${schema}-${args.length}`;
      const target = `docker://${registry.domain}/${repository}:1`;
      const { stderr, codes } = await documented(schema, [...args, target]);
      expect(stderr).toEqual(lost('is not sent'));
      expect(codes).toEqual(['layer-not-distributable']);
      expect(tagsIn(registry, repository)).toEqual({ 1: manifest });
      expect(registry.storage.repository(repository).blobs.has(layer)).toBe(false);
    }
  });
});
