import { writeFileSync } from 'node:fs';
import { blobOf, configOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { buildTar } from '@layers/testing/tar-builder';
import { useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { documentOf, tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();

/** An index of three platforms, of which some are missing. */
function partial(present: readonly string[], name: string | null = 'app:1') {
  const mediaType = `${OCI}.manifest.v1+json`;
  const parts = ['amd64', 'arm64', 's390x'].map((architecture) => {
    const layer = blobOf(buildTar([{ path: architecture }]), `${OCI}.layer.v1.tar`);
    const config = blobOf(configOf([layer.file.data], { architecture }), `${OCI}.config.v1+json`);
    const document = { schemaVersion: 2, mediaType, config: config.descriptor, layers: [layer.descriptor] };
    const manifest = blobOf(document, mediaType);
    return { architecture, files: [layer, config, manifest], manifest };
  });
  const index = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: parts.map(({ architecture, manifest }) => ({
        ...manifest.descriptor,
        platform: { os: 'linux', architecture },
      })),
    },
    `${OCI}.index.v1+json`,
  );
  const there = parts.filter(({ architecture }) => present.includes(architecture));
  const annotations = name === null ? {} : { 'org.opencontainers.image.ref.name': name };
  const path = store.at('partial.tar');
  writeFileSync(
    path,
    buildTar([
      ...layoutOf([{ ...index.descriptor, annotations }]),
      ...[index, ...there.flatMap(({ files }) => files)].map(({ file }) => file),
    ]),
  );
  return { path, index, there, absent: parts.find(({ architecture }) => !present.includes(architecture)) };
}

/** Starts a registry with such an index, which a registry that checks references would not take. */
async function inRegistry(present: readonly string[]) {
  const registry = await start({ behaviour: { checkReferences: false } });
  const { index, there, absent } = partial(present);
  const add = (mediaType: string, bytes: Uint8Array, tag: string | null) =>
    registry.storage.addManifest('app', tag, { mediaType, bytes: Buffer.from(bytes) });
  for (const { files, manifest } of there) {
    for (const { file } of files) registry.storage.addBlob('app', Buffer.from(file.data));
    add(`${OCI}.manifest.v1+json`, manifest.file.data, null);
  }
  add(`${OCI}.index.v1+json`, index.file.data, '1');
  return { registry, name: `docker://${registry.domain}/app:1`, absent };
}

const codesOf = (findings: readonly { readonly code: string }[]): readonly string[] =>
  findings.map(({ code }) => code);

describe('an archive whose index lists platforms that it lacks', () => {
  const PRESENT = ['amd64', 's390x'];

  it('is shown, loaded, saved and copied to layouts with those that are there', async () => {
    const { path, index } = partial(PRESENT);
    const shown = JSON.parse(await store.out(['inspect', '--json', '--platform', 'linux/amd64', path]));
    expect(codesOf(shown.findings)).toContain('platform-absent');
    expect((await store.layers(['inspect', '--platform', 'linux/arm64', path])).stderr).toContain(
      'no image is for the platform linux/arm64',
    );
    await store.out(['load', '-i', path]);
    expect(await store.out(['store', 'check'])).toMatch(/arm64|^note: .* is not stored$/m);
    expect((await store.layers(['inspect', '--platform', 'linux/arm64', 'app:1'])).stderr).toContain(
      'the store does not have "app:1" for linux/arm64',
    );
    await store.out(['save', 'app:1', '-o', `oci:${store.at('saved')}`]);
    await store.out(['copy', '--all', path, `oci:${store.at('copied')}`]);
    for (const layout of ['saved', 'copied']) {
      expect((await store.out(['digest', store.at(layout)])).trim()).toBe(index.digest);
      expect(JSON.parse(await store.out(['list', '--json', store.at(layout)])).images).toHaveLength(2);
    }
  });

  it('is refused by copy --all to a registry, before anything is sent', async () => {
    const registry = await start();
    const { path, absent } = partial(PRESENT);
    const { status, stderr } = await store.layers([
      'copy',
      '--all',
      path,
      `docker://${registry.domain}/app:1`,
    ]);
    expect([status, registry.log.records]).toEqual([2, []]);
    expect(stderr).toContain(
      `the index lists linux/arm64 (${absent?.manifest.digest}), which the source lacks`,
    );
    expect(stderr).toMatch(/\nhint: .*--platform/);
  });

  it('is pushed for one platform, with a warning about the others', async () => {
    const registry = await start();
    const { path } = partial(PRESENT);
    await store.out(['load', '-i', path]);
    for (const args of [
      ['push', 'app:1'],
      ['save', 'app:1', '-o'],
      ['copy', '--all', 'store:app:1'],
    ]) {
      const repository = args[0] ?? '';
      const { status, stderr } = await store.layers([...args, `docker://${registry.domain}/${repository}:1`]);
      expect([args, status, stderr]).toEqual([
        args,
        0,
        expect.stringMatching(/^warning: .*not for .*linux\/arm64/),
      ]);
      expect(Object.keys(tagsIn(registry, repository))).toEqual(['1']);
    }
  });

  it.each(['squash', 'repack'])(
    'is changed by %s --all-platforms with a warning about those that are missing',
    async (command) => {
      const { path } = partial(PRESENT);
      await store.out(['load', '-i', path]);
      for (const source of [path, 'store:app:1']) {
        const args = [command, '--all-platforms', '--force', '--json', source, '-o', store.at('out.tar')];
        const { status, stdout, stderr } = await store.layers(args);
        expect([source, status]).toEqual([source, 0]);
        expect(stderr).toBe(
          'warning: app:1 is written without linux/arm64: the index lists what the input lacks\n',
        );
        const { images, findings } = documentOf('change', stdout);
        expect(images).toHaveLength(2);
        expect(codesOf(findings)).toContain('platforms-left-out');
      }
    },
  );

  it('is an error where no platform is there', async () => {
    const { path } = partial([]);
    const { status, stderr } = await store.layers(['load', '-i', path]);
    expect([status, stderr]).toEqual([3, expect.stringContaining('which the archive lacks')]);
    expect(stderr).toMatch(/\nhint: the archive has the index alone/);
  });
});

describe('a registry whose index lists platforms that it lacks', () => {
  it('gives the platforms that are there', async () => {
    const { registry, name } = await inRegistry(['amd64']);
    await store.layers(['pull', '--platform', 'linux/amd64', `${registry.domain}/app:1`]);
    expect(await store.out(['ls', '--platform', 'linux/amd64', name])).toBe('amd64\n');
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 1 image,/);
  });

  it('is an error that names the platform, where it is needed', async () => {
    const { registry, name, absent } = await inRegistry(['amd64']);
    const target = `docker://${registry.domain}/b:1`;
    for (const args of [
      ['inspect', '--platform', 'linux/arm64', name],
      ['pull', '--all', name],
      ['copy', '--all', name, `oci:${store.at('out')}`],
      ['copy', '--all', name, target],
      ['squash', '--all-platforms', name, '-o', store.at('out.tar')],
    ]) {
      const { status, stderr } = await store.layers(args);
      expect([args[0], status]).toEqual([args[0], 2]);
      expect(stderr).toContain(
        `${name}: the index lists linux/arm64 (${absent?.manifest.digest}), which the registry lacks`,
      );
      expect(stderr).toMatch(/\nhint: .*--platform OS\/ARCH/);
    }
    expect(tagsIn(registry, 'b')).toEqual({});
    expect(await store.out(['images', '-q'])).toBe('');
  });
});

describe('--all-platforms of an image without a name in the store', () => {
  it.each(['index', 'manifest', 'config'])(
    'means all platforms of its index: by the digest of the %s',
    async (by) => {
      const { path, index, there } = partial(['amd64', 'arm64', 's390x'], null);
      await store.out(['load', '-i', path]);
      const [, , manifest] = there[1]?.files ?? [];
      const [, config] = there[1]?.files ?? [];
      const digest = { index, manifest, config }[by]?.digest ?? '';
      for (const id of [digest, digest.slice('sha256:'.length).slice(0, 12)]) {
        const args = [
          'repack',
          '--all-platforms',
          '--compression',
          'gzip',
          '--force',
          '--json',
          `store:${id}`,
        ];
        const { images, findings } = documentOf(
          'change',
          await store.out([...args, '-o', store.at('out.tar')]),
        );
        expect([id, images.length, codesOf(findings)]).toEqual([id, 3, []]);
      }
    },
  );
});
