import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blobOf, configOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { buildTar } from '@layers/testing/tar-builder';
import { rowsOf, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { documentOf, tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();
const mine = process.arch === 'arm64' ? 'arm64' : 'amd64';

interface Written {
  readonly path: string;
  /** Digest of the index. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  /** Digests of the manifests: of both platforms, and of the attestation. */
  readonly manifests: readonly string[];
}

/** Writes an image for two platforms with an attestation, as BuildKit does: an OCI archive, or a layout. */
function severalPlatforms(
  form: 'archive' | 'layout' = 'archive',
  name: string | null = 'app:1',
  architectures: readonly string[] = ['amd64', 'arm64', 'unknown'],
): Written {
  const parts = architectures.map((architecture) => {
    const layer = blobOf(buildTar([{ path: architecture }]), `${OCI}.layer.v1.tar`);
    const config = blobOf(configOf([layer.file.data], { architecture }), `${OCI}.config.v1+json`);
    const mediaType = `${OCI}.manifest.v1+json`;
    const document = { schemaVersion: 2, mediaType, config: config.descriptor, layers: [layer.descriptor] };
    const manifest = blobOf(document, mediaType);
    return { architecture, files: [layer, config, manifest], manifest };
  });
  const index = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: parts.map(({ architecture, manifest }) =>
        architecture === 'unknown'
          ? {
              ...manifest.descriptor,
              platform: { os: 'unknown', architecture },
              annotations: {
                'vnd.docker.reference.type': 'attestation-manifest',
                'vnd.docker.reference.digest': parts[0]?.manifest.digest,
              },
            }
          : { ...manifest.descriptor, platform: { os: 'linux', architecture } },
      ),
      // Nobody else would write it again like this.
      annotations: { made: 'by hand' },
    },
    `${OCI}.index.v1+json`,
  );
  const annotations = name === null ? {} : { 'org.opencontainers.image.ref.name': name };
  const files = [
    ...layoutOf([{ ...index.descriptor, annotations }]),
    ...[index, ...parts.flatMap((part) => part.files)].map(({ file }) => file),
  ];
  const path = store.at(form === 'archive' ? 'several.tar' : 'several');
  if (form === 'archive') writeFileSync(path, buildTar(files));
  else
    for (const { path: file, data } of files) {
      const target = join(path, `${file}`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, data ?? new Uint8Array());
    }
  const manifests = parts.map(({ manifest }) => manifest.digest);
  return { path, digest: index.digest, bytes: index.file.data, manifests };
}

const blobIn = (layout: string, digest: string): Buffer =>
  readFileSync(join(layout, 'blobs', digest.replace(':', '/')));

const CHANGED = ', which is about the image before the change';

/** Matches the warning about an attestation that is not written. */
const lost = (rest: string) =>
  expect.stringMatching(
    new RegExp(
      `^warning: \\S*:1 is written without its attestation ${rest.replaceAll(/[()]/g, '\\$&')}$`,
      'm',
    ),
  );

/** Returns the descriptors of the index of a layout. */
const entriesOf = (layout: string): readonly { readonly digest: string; readonly annotations: object }[] =>
  JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;

const architectureOf = async (...args: readonly string[]): Promise<string> =>
  JSON.parse(await store.out(['inspect', '--json', ...args])).image.platform.architecture;

describe('layers load of an image for several platforms', () => {
  it.each([
    ['an archive', (): string[] => ['-i', severalPlatforms().path]],
    ['a layout', (): string[] => ['-i', severalPlatforms('layout').path]],
    ['an archive, by name', (): string[] => ['-i', severalPlatforms().path, '--image', 'app:1']],
  ])('keeps its index: %s', async (_, args) => {
    expect(await store.out(['load', ...args()])).toBe('Loaded image: app:1\n');
    const { digest, bytes, manifests } = severalPlatforms();
    expect(entriesOf(store.path())).toMatchObject([{ digest }]);
    expect(blobIn(store.path(), digest).equals(bytes)).toBe(true);
    for (const each of manifests) expect(blobIn(store.path(), each).length).toBeGreaterThan(0);
    expect(await architectureOf('app:1')).toBe(mine);
    expect(await architectureOf('--platform', 'linux/arm64', 'app:1')).toBe('arm64');
    expect(await architectureOf('--platform', 'linux/amd64', 'app:1')).toBe('amd64');
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 2 images,/);
    expect(await store.out(['manifest', 'store:app:1'])).toBe(Buffer.from(bytes).toString());
  });

  it('keeps it from a pipe, and changes nothing the second time', async () => {
    const { path, digest } = severalPlatforms();
    const input = readFileSync(path);
    const first = documentOf('load', await store.out(['load', '--json'], { input }));
    expect(first.images.map(({ tags }: { readonly tags: unknown }) => tags)).toEqual([['app:1'], ['app:1']]);
    const again = documentOf('load', await store.out(['load', '--json'], { input }));
    expect(again.images).toMatchObject([{ isUnchanged: true }, { isUnchanged: true }]);
    expect(entriesOf(store.path())).toMatchObject([{ digest }]);
  });

  it('loads one platform where it is chosen', async () => {
    const { path, manifests } = severalPlatforms();
    await store.out(['load', '-i', path, '--platform', 'linux/arm64']);
    expect(entriesOf(store.path())).toMatchObject([{ digest: manifests[1] }]);
    await store.out(['load', '-i', path]);
    expect(entriesOf(store.path())).toHaveLength(1);
    const chosen = ['load', '-i', path, '--image', manifests[0] ?? ''];
    expect(await store.layers(chosen)).toMatchObject({ status: 0, stderr: lost(`(${manifests[2]})`) });
    expect(entriesOf(store.path())[1]).toMatchObject({ digest: manifests[0] });
  });

  it('keeps an index without a name', async () => {
    const { path, digest } = severalPlatforms('archive', null);
    await store.out(['load', '-i', path]);
    expect(entriesOf(store.path())).toMatchObject([{ digest }]);
    expect(entriesOf(store.path())).toHaveLength(1);
  });

  it('makes a new index where layers are compressed', async () => {
    const { path, digest, manifests } = severalPlatforms();
    const { stdout, stderr } = await store.layers(['load', '-i', path, '--compress', 'gzip', '--json']);
    // It is about the manifest that is not written.
    expect(stderr).toEqual(lost(`(${manifests[2]})${CHANGED}`));
    expect(documentOf('load', stdout).findings).toMatchObject([{ code: 'attestations-left-out' }]);
    const entries = entriesOf(store.path());
    expect(entries).toHaveLength(1);
    expect(entries[0]?.digest).not.toBe(digest);
    expect(await architectureOf('--platform', 'linux/arm64', 'app:1')).toBe('arm64');
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 2 images,/);
  });

  it('is one line of images, whose id removes it', async () => {
    await store.out(['load', '-i', severalPlatforms().path]);
    const { digest } = severalPlatforms();
    const rows = rowsOf(await store.out(['images', '--digests']));
    expect(rows[0]?.[4]).toBe('PLATFORMS');
    expect(rows.slice(1)).toEqual([
      ['app', '1', digest, digest.slice(7, 19), 'linux/amd64, linux/arm64', ...(rows[1]?.slice(5) ?? [])],
    ]);
    const { images } = documentOf('images', await store.out(['images', '--json']));
    expect(images).toMatchObject([{ indexDigest: digest }, { indexDigest: digest }]);
    const id = (await store.out(['images', '-q'])).trim();
    expect(id).toBe(digest.slice(7, 19));
    expect(await architectureOf(`store:${id}`)).toBe(mine);
    await store.out(['rmi', id]);
    expect(await store.out(['images', '-q'])).toBe('');
  });

  it('takes part in tag, push, rmi and prune', async () => {
    const registry = await start();
    const { path, digest, manifests } = severalPlatforms();
    await store.out(['load', '-i', path]);
    await store.out(['tag', 'app:1', `${registry.domain}/app:2`]);
    await store.out(['push', `${registry.domain}/app:2`]);
    expect(tagsIn(registry, 'app')).toEqual({ 2: digest });
    for (const each of manifests) expect(registry.storage.repository('app').manifests.has(each)).toBe(true);
    await store.out(['rmi', `${registry.domain}/app:2`]);
    await store.out(['prune']);
    expect(blobIn(store.path(), manifests[2] ?? '').length).toBeGreaterThan(0);
    await store.out(['rmi', 'app:1']);
    await store.out(['prune']);
    expect(() => blobIn(store.path(), manifests[2] ?? '')).toThrow('ENOENT');
    expect(rowsOf(await store.out(['images']))).toHaveLength(1);
  });
});

describe('an image for one platform with an attestation', () => {
  /** As `docker buildx build` writes it. */
  function attested(): Written {
    return severalPlatforms('archive', 'app:1', ['amd64', 'unknown']);
  }

  it('keeps its index in the store, in archives and in a registry', async () => {
    const registry = await start();
    const { path, digest, bytes, manifests } = attested();
    await store.out(['load', '-i', path]);
    expect(entriesOf(store.path())).toMatchObject([{ digest }]);
    expect(blobIn(store.path(), digest).equals(bytes)).toBe(true);
    expect(rowsOf(await store.out(['images', '-q']))).toHaveLength(1);
    const saved = store.at('saved');
    await store.out(['save', '-o', `oci:${saved}`, 'app:1']);
    expect(entriesOf(saved)).toMatchObject([{ digest }]);
    for (const each of manifests) expect(blobIn(saved, each).length).toBeGreaterThan(0);
    await store.out(['push', 'app:1', `docker://${registry.domain}/app:1`]);
    expect(tagsIn(registry, 'app')).toEqual({ 1: digest });
  });

  it('loses it with a warning where the platform is chosen, or layers are compressed', async () => {
    const { path, manifests } = attested();
    const of = async (...more: readonly string[]) =>
      (await store.layers(['load', '-i', path, ...more])).stderr;
    expect(await of('--platform', 'linux/amd64')).toEqual(lost(`(${manifests[1]})`));
    expect(await of('--compress', 'gzip')).toEqual(lost(`(${manifests[1]})${CHANGED}`));
    expect(await of('--compress', 'gzip', '-q')).toBe('');
  });
});

describe('layers pull --all', () => {
  it('loads the index with everything below it', async () => {
    const registry = await start();
    const { path, digest, bytes, manifests } = severalPlatforms();
    const name = `${registry.domain}/app:1`;
    await store.out(['copy', '--all', path, `docker://${name}`]);
    expect(await store.out(['pull', '--all', name])).toBe(
      `Digest: ${digest}\nStatus: Downloaded newer image for ${name}\n${name}\n`,
    );
    expect(entriesOf(store.path())).toMatchObject([{ digest }]);
    expect(blobIn(store.path(), digest).equals(bytes)).toBe(true);
    for (const each of manifests) expect(blobIn(store.path(), each).length).toBeGreaterThan(0);
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 2 images,/);
    const again = documentOf('pull', await store.out(['pull', '--all', '--json', name]));
    expect(again.pulled).toMatchObject([{ digest, images: [{ isUnchanged: true }, { isUnchanged: true }] }]);
    const both = await store.layers(['pull', '--all', '--platform', 'linux/arm64', name]);
    expect(both.status).toBe(2);
  });

  it('loads an image without an index', async () => {
    const registry = await start();
    const name = `${registry.domain}/app:1`;
    const { path, manifests } = severalPlatforms();
    await store.out(['copy', '--platform', 'linux/arm64', path, `docker://${name}`]);
    await store.out(['pull', '--all', name]);
    expect(entriesOf(store.path())).toMatchObject([{ digest: manifests[1] }]);
  });
});

describe('layers save of an image for several platforms', () => {
  it.each(['oci', 'hybrid', 'oci-dir'])('keeps its index: %s', async (format) => {
    const { path, digest, bytes, manifests } = severalPlatforms();
    await store.out(['load', '-i', path]);
    await store.out(['tag', 'app:1', 'other:2']);
    const output = store.at('saved');
    await store.out(['save', '--format', format, '-o', output, 'app:1', 'other:2']);
    const env = { LAYERS_STORE: store.at('second') };
    expect(await store.out(['load', '-i', output], { env })).toBe(
      'Loaded image: app:1\nLoaded image: other:2\n',
    );
    expect(entriesOf(env.LAYERS_STORE)).toMatchObject([{ digest }, { digest }]);
    expect(blobIn(env.LAYERS_STORE, digest).equals(bytes)).toBe(true);
    for (const each of manifests) expect(blobIn(env.LAYERS_STORE, each).length).toBeGreaterThan(0);
    expect(await store.out(['store', 'check'], { env })).toMatch(/^clean: 2 images,/);
    // A loader without indexes gets the platform of this machine.
    if (format === 'hybrid') {
      const documents = ['-xOf', output, 'manifest.json'];
      const listed = JSON.parse(spawnSync('tar', documents).stdout.toString());
      expect(listed).toMatchObject([{ RepoTags: ['app:1', 'other:2'] }]);
    }
  });

  it('says what the format of docker leaves out, and nothing where a platform is chosen', async () => {
    const { path, manifests } = severalPlatforms();
    await store.out(['load', '-i', path]);
    const output = store.at('docker.tar');
    const save = ['save', '--force', '--format', 'docker', '-o', output, 'app:1', '--json'];
    const { status, stdout, stderr } = await store.layers(save);
    expect(status).toBe(0);
    const { images, findings } = documentOf('save', stdout);
    expect(images).toHaveLength(1);
    const isAttested = mine === 'amd64';
    expect(findings.map(({ code }: { readonly code: string }) => code)).toEqual([
      'platforms-left-out',
      ...(isAttested ? ['attestations-left-out'] : []),
    ]);
    expect(stderr).toMatch(/^warning: app:1 is written for linux\/a\w+64 alone, and not for linux\/a\w+64\n/);
    if (isAttested) expect(stderr).toEqual(lost(`(${manifests[2]})`));
    expect(documentOf('save', await store.out([...save, '--platform', 'linux/arm64'])).images).toHaveLength(
      1,
    );
    expect(await architectureOf(output)).toBe('arm64');
  });
});

describe('layers save -o docker://NAME of an image for several platforms', () => {
  it('pushes its index with everything in it, or one platform', async () => {
    const registry = await start();
    const { path, digest, manifests } = severalPlatforms();
    await store.out(['load', '-i', path]);
    await store.out(['save', 'app:1', '-o', `docker://${registry.domain}/app:1`]);
    expect(tagsIn(registry, 'app')).toEqual({ 1: digest });
    for (const each of manifests) expect(registry.storage.repository('app').manifests.has(each)).toBe(true);
    const one = `docker://${registry.domain}/one:1`;
    await store.out(['save', '--platform', 'linux/arm64', 'app:1', '-o', one]);
    expect(tagsIn(registry, 'one')).toEqual({ 1: manifests[1] });
  });
});

describe('--all-platforms', () => {
  it('rechunk learns for each platform from its own earlier versions', async () => {
    const { path } = severalPlatforms();
    const [first, second] = [store.at('first.tar'), store.at('second.tar')];
    const before = ['rechunk', '--all-platforms', '--check', path, '-o', first];
    expect((await store.layers(before)).status).toBe(0);
    const args = ['rechunk', '--all-platforms', '--check', '--json', '--previous', first, path, '-o', second];
    const { stdout } = await store.layers(args);
    const { images, sameRootfs } = JSON.parse(stdout);
    expect(sameRootfs).toBe(true);
    const reports = images.map(({ rechunk }: { readonly rechunk: object }) => rechunk);
    expect(reports).toEqual(
      [0, 1].map(() => expect.objectContaining({ layers: 'continued', updates: 1, afterBytes: 0 })),
    );
    const one = ['rechunk', '--platform', 'linux/arm64', first, '-o', store.at('arm64.tar')];
    expect((await store.layers(one)).status).toBe(0);
    const added = [
      ...args.slice(0, -5),
      '--previous',
      store.at('arm64.tar'),
      path,
      '-o',
      store.at('added.tar'),
    ];
    const updates = JSON.parse((await store.layers(added)).stdout).images.map(
      ({ rechunk }: { readonly rechunk: { readonly updates: number } }) => rechunk.updates,
    );
    expect(updates.toSorted()).toEqual([0, 1]);
  });

  const changes: readonly (readonly [string, readonly string[]])[] = [
    ['squash', ['--check']],
    ['repack', ['--compression', 'gzip', '--check']],
    ['config', ['--set-env', 'A=1', '--check']],
    ['append', ['--add', `${import.meta.dirname}/support:/x`]],
  ];

  it.each(changes)('%s writes every platform to every place, as one index', async (command, more) => {
    const registry = await start();
    const { path, manifests } = severalPlatforms();
    await store.out(['load', '-i', path]);
    await store.out(['copy', '--all', path, `docker://${registry.domain}/in:1`]);
    const digests = new Set<string>();
    for (const source of [path, 'store:app:1', `docker://${registry.domain}/in:1`]) {
      const places = [
        `oci:${store.at('layout')}:new:1`,
        `oci-archive:${store.at('new.tar')}:new:1`,
        'store:new:1',
        store.at('hybrid.tar'),
        `docker://${registry.domain}/new:1`,
      ];
      for (const place of places) {
        const args = [command, '--all-platforms', '--force', ...more, '--json', source, '-o', place];
        const { status, stdout, stderr } = await store.layers(args);
        const { images, sameRootfs, findings } = JSON.parse(stdout);
        expect([place, status, images.length]).toEqual([place, 0, 2]);
        expect(sameRootfs).toBe(command === 'append' ? null : true);
        const codes = findings.map(({ code }: { readonly code: string }) => code);
        expect(codes).not.toContain('platforms-left-out');
        expect(codes.filter((code: string) => code === 'attestations-left-out')).toHaveLength(1);
        expect(stderr).toEqual(lost(`(${manifests[2]})${command === 'squash' ? '' : CHANGED}`));
        digests.add(await store.out(['digest', place]));
        const read = place.startsWith('oci-archive') ? store.at('new.tar') : place;
        expect(await architectureOf('--platform', 'linux/arm64', read)).toBe('arm64');
        expect(await architectureOf('--platform', 'linux/amd64', read)).toBe('amd64');
      }
    }
    expect(digests.size).toBe(1);
    expect(await store.out(['store', 'check'])).toMatch(/^clean: /);
  });

  it.each(changes)('without it, %s says which platforms are left out', async (command, more) => {
    const registry = await start();
    const { path, manifests } = severalPlatforms();
    await store.out(['load', '-i', path]);
    await store.out(['copy', '--all', path, `docker://${registry.domain}/app:1`]);
    for (const source of [path, 'store:app:1', `docker://${registry.domain}/app:1`]) {
      const args = [command, '--force', ...more, '--json', source, '-o', store.at('out.tar')];
      const { status, stdout, stderr } = await store.layers(args);
      expect([source, status]).toEqual([source, 0]);
      expect(stderr).toMatch(/^warning: .*app:1 is written for linux\/\w+ alone, and not for linux\/\w+$/m);
      const codes = JSON.parse(stdout).findings.map(({ code }: { readonly code: string }) => code);
      expect(codes.filter((code: string) => code === 'platforms-left-out')).toHaveLength(1);
      const chosen = await store.layers([...args, '--platform', 'linux/arm64']);
      expect(chosen.stdout).not.toContain('platforms-left-out');
      // The attestation is about the image for amd64.
      expect(chosen.stdout).not.toContain('attestations-left-out');
      const attested = await store.layers([...args, '--platform', 'linux/amd64']);
      expect(attested.stderr).toEqual(lost(`(${manifests[2]})${command === 'squash' ? '' : CHANGED}`));
      expect(attested.stdout).toContain('"attestations-left-out"');
    }
  });

  it('joins the platforms of several archives', async () => {
    const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => {
      const path = store.at(`${architecture}.tar`);
      renameSync(severalPlatforms('archive', 'app:1', [architecture]).path, path);
      return path;
    });
    const both = store.at('both.tar');
    for (const more of [[], ['--all']]) {
      const repack = ['repack', '--force', ...more, '--all-platforms', '--check', amd64, arm64, '-o', both];
      const { status, stderr } = await store.layers(repack.map((word) => word ?? ''));
      expect([status, stderr]).toEqual([0, '']);
      expect(await architectureOf('--platform', 'linux/arm64', both)).toBe('arm64');
      expect(await architectureOf('--platform', 'linux/amd64', both)).toBe('amd64');
    }
    const twice = ['repack', '--force', '--all', '--all-platforms', amd64, arm64, amd64, '-o', both];
    const { status, stderr } = await store.layers(twice.map((word) => word ?? ''));
    expect([status, stderr]).toEqual([2, expect.stringContaining('two of the images are named app:1')]);
  });

  it('is refused where the output has no index', async () => {
    const { path } = severalPlatforms();
    for (const more of [
      ['--format', 'docker', '-o', store.at('out.tar')],
      ['-o', 'docker-daemon:app:1'],
    ]) {
      const { status, stderr } = await store.layers(['squash', '--all-platforms', path, ...more]);
      expect([status, stderr]).toEqual([2, expect.stringContaining('cannot be written to')]);
    }
    const set = ['config', '--all-platforms', '--set-platform', 'linux/s390x', path, '-o', store.at('o.tar')];
    expect((await store.layers(set)).status).toBe(2);
  });
});
