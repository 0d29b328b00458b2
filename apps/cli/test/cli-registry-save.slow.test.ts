import { writeFileSync } from 'node:fs';
import { buildTar } from '@layers/testing/tar-builder';
import { demo, two, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { documentOf, tagsIn, useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();

const DIGEST = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);

describe('layers save -o docker://NAME', () => {
  it('pushes an image of the store byte for byte, under that name alone', async () => {
    const registry = await start();
    const name = `${registry.domain}/team/app:2`;
    await store.out(['load', '-i', demo]);
    const { output, images, findings } = documentOf(
      'save',
      await store.out(['save', '--json', 'bramble:1.4', '-o', `docker://${name}`]),
    );
    expect(output).toMatchObject({ path: `docker://${name}`, compression: null });
    expect(images).toMatchObject([{ tags: [name], manifestDigest: tagsIn(registry, 'team/app')['2'] }]);
    expect(findings).toEqual([]);
    const digests = [];
    for (const each of ['store:bramble:1.4', `docker://${name}`])
      digests.push(await store.out(['digest', each]));
    expect(digests[1]).toBe(digests[0]);
    const text = await store.out(['save', 'bramble:1.4', '-o', `docker://${registry.domain}/app`]);
    expect(text).toMatch(new RegExp(`^docker://${registry.domain}/app:latest {2}[\\d.]+ kB\\n`));
    expect(tagsIn(registry, 'app')).toEqual({ latest: digests[0]?.trim() });
  });

  it('sends one image: several tags of it, but not several images', async () => {
    const registry = await start();
    const target = `docker://${registry.domain}/app`;
    await store.out(['load', '-i', demo]);
    await store.out(['tag', 'bramble:1.4', 'bramble:1.5']);
    await store.out(['save', 'bramble', '-o', target]);
    expect(Object.keys(tagsIn(registry, 'app'))).toEqual(['latest']);
    await store.out(['load', '-i', two]);
    registry.log.clear();
    const args = ['save', 'bramble', 'bramble-web:2.0', '-o', target];
    expect(await store.layers(args)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/cannot be the name of 2 images .*\nhint: .*layers push --all-tags NAME/),
    });
    expect(registry.log.lines()).toEqual([]);
  });

  it('refuses options of archives, and digests', async () => {
    for (const [more, text] of [
      [['--compress', 'gzip'], 'docker:// excludes --compress'],
      [['--format', 'oci'], 'docker:// excludes --format'],
    ] as const) {
      const { status, stderr } = await store.layers([
        'save',
        'app',
        '-o',
        'docker://127.0.0.1:1/app',
        ...more,
      ]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(text)]);
    }
  });

  it('names a registry that cannot be reached', async () => {
    await store.out(['load', '-i', demo]);
    const { status, stdout, stderr } = await store.layers([
      'save',
      'bramble',
      '-o',
      'docker://127.0.0.1:1/app',
    ]);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/127\.0\.0\.1:1.*ERR_LAYERS_REGISTRY\]/);
  });
});

describe('layers import -o docker://NAME', () => {
  const tar = buildTar([{ path: 'etc/motd', data: Buffer.from('hello') }]);

  it.each([[[]], [['--compress', 'gzip']]])(
    'pushes the image that it puts into the store otherwise: %j',
    async (more) => {
      const registry = await start();
      const name = `${registry.domain}/team/box:1`;
      const file = store.at('rootfs.tar');
      writeFileSync(file, tar);
      const env = { SOURCE_DATE_EPOCH: '1700000000' };
      const args = ['import', '--json', '-c', 'CMD ["/bin/sh"]', ...more];
      const pushed = documentOf(
        'import',
        await store.out([...args, file, '-o', `docker://${name}`], { env }),
      );
      expect(pushed).toMatchObject({
        store: null,
        image: { id: DIGEST, tags: [name], created: '2023-11-14T22:13:20Z' },
        pushed: {
          reference: `docker://${name}`,
          digest: tagsIn(registry, 'team/box')['1'],
          manifests: 1,
          blobs: { uploaded: 2, existing: 0 },
        },
      });
      expect(await store.out(['images', '-q'])).toBe('');
      const stored = documentOf('import', await store.out([...args, file, 'box:1'], { env }));
      expect(stored).toMatchObject({ pushed: null, image: { id: pushed.image.id } });
      expect(stored.image.manifestDigest).toBe(pushed.image.manifestDigest);
      expect(await store.out(['cat', '-q', `docker://${name}`, '/etc/motd'])).toBe('hello');
    },
  );

  it('reads a pipe, and prints the id', async () => {
    const registry = await start();
    const target = `docker://${registry.domain}/box`;
    const id = await store.out(['import', '-', '-o', target], { input: tar });
    expect(JSON.parse(await store.out(['inspect', '--json', target])).image.id).toBe(id.trim());
  });

  it('refuses two names, and other outputs', async () => {
    for (const [more, text] of [
      [['app:1', '-o', 'docker://127.0.0.1:1/app'], 'two names are given: app:1 and docker://'],
      [['-o', 'app.tar'], 'import writes to the store or to a registry, and not to app.tar'],
      [['-o', 'docker://Box'], '"Box" is not the name of an image'],
    ] as const) {
      const { status, stderr } = await store.layers(['import', '-', ...more], { input: tar });
      expect([status, stderr]).toEqual([2, expect.stringContaining(text)]);
    }
  });
});
