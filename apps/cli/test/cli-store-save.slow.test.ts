import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { shell } from '@layers/testing/command';
import { createTestStore, demo, rowsOf, two, useTestStore } from '@layers/testing/test-store';
import { beforeEach, describe, expect, it } from 'vitest';

const store = useTestStore();

describe('layers save', () => {
  beforeEach(async () => {
    await store.out(['load', '-i', two]);
    await store.out(['load', '-i', demo]);
  });

  const saved = async (args: readonly string[]) => JSON.parse(await store.out(['save', '--json', ...args]));

  it('writes several images to one archive, with shared layers once', async () => {
    const file = store.at('all.tar');
    const document = await saved(['bramble-web', 'bramble-worker:2.0', 'bramble', '-o', file]);
    expect(document.output).toEqual({
      path: file,
      format: 'hybrid',
      compression: null,
      sizeBytes: statSync(file).size,
    });
    const stored = document.images.map(({ storedBytes }: { storedBytes: number }) => storedBytes);
    expect(statSync(file).size).toBeLessThan(stored[0] + stored[1] + stored[2]);
    for (const [name, archive] of [
      ['bramble-web:2.0', two],
      ['bramble-worker:2.0', two],
      ['bramble:1.4', demo],
    ] as const) {
      expect((await store.imageOf(file, ['--image', name])).id).toBe(
        (await store.imageOf(archive, ['--image', name])).id,
      );
    }
  });

  it('writes the same bytes every time, to a file and to a pipe', async () => {
    await store.out(['save', 'bramble', '-o', store.at('a.tar'), '-q']);
    await store.out(['load', '-i', store.at('a.tar')]);
    const { stdout } = shell(`layers save -q bramble | sha256sum; sha256sum < ${store.at('a.tar')}`, {
      LAYERS_STORE: store.path(),
    });
    const [piped, file] = stdout.split('\n');
    expect(piped).toBe(file);
  });

  it.each(['a.tar.xz', 'a.tbz', 'a.tar.bz2'])('rejects the name %s for an uncompressed tar', async (name) => {
    const { status, stderr } = await store.layers(['save', 'bramble', '-o', store.at(name)]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('not compressed as')]);
    expect((await store.layers(['save', 'bramble', '-o', store.at(name), '--compress', 'none'])).status).toBe(
      0,
    );
  });

  it('compresses the archive by its name or --compress', async () => {
    const plain = store.at('plain.tar');
    await store.out(['save', 'bramble', '-o', plain]);
    for (const [name, compression] of [
      ['a.tar.gz', 'gzip'],
      ['a.tgz', 'gzip'],
      ['a.tar.zst', 'zstd'],
    ]) {
      const file = store.at(name ?? '');
      expect((await saved(['bramble', '-o', file])).output).toMatchObject({
        compression,
        sizeBytes: statSync(file).size,
      });
      if (compression === 'gzip')
        expect(gunzipSync(readFileSync(file)).equals(readFileSync(plain))).toBe(true);
      expect((await store.imageOf(file)).tags).toEqual(['bramble:1.4']);
    }
    expect(
      (await saved(['bramble', '-o', store.at('b.tar.gz'), '--compress', 'none'])).output.compression,
    ).toBe(null);
    expect(readFileSync(store.at('b.tar.gz')).equals(readFileSync(plain))).toBe(true);
    expect((await saved(['bramble', '-o', store.at('c'), '--compress', 'zstd'])).output.compression).toBe(
      'zstd',
    );
  });

  it.each([
    ['hybrid', []],
    ['docker', ['--format', 'docker']],
    ['oci', ['--format', 'oci']],
    ['oci-dir', ['--format', 'oci-dir']],
  ])('writes the form %s with the same ids and tags', async (format, args) => {
    const file = store.at('out');
    const { output, images } = await saved(['bramble', 'bramble-web', ...args, '-o', file]);
    expect(output.format).toBe(format);
    expect(images.map(({ tags }: { tags: string[] }) => tags)).toEqual([
      ['bramble:1.4'],
      ['bramble-web:2.0'],
    ]);
    expect((await store.imageOf(file, ['--image', 'bramble:1.4'])).id).toBe((await store.imageOf(demo)).id);
    if (format === 'oci-dir') return;
    expect(output.sizeBytes).toBe(statSync(file).size);
  });

  it('resolves a name without a tag to all its tags, and an id to an image without a name', async () => {
    await store.out(['tag', 'bramble:1.4', 'bramble:newest']);
    await store.out(['tag', 'bramble-web:2.0', 'bramble:web']);
    const all = (await saved(['bramble', '-o', store.at('all.tar')])).images;
    expect(all.map(({ tags }: { tags: string[] }) => tags)).toEqual([
      ['bramble:1.4', 'bramble:newest'],
      ['bramble:web'],
    ]);
    const id = (await store.imageOf(demo)).id.slice(7, 20);
    expect((await saved([id, '-o', store.at('id.tar')])).images).toMatchObject([{ tags: [] }]);
    expect((await saved(['docker.io/library/bramble:1.4', '-o', store.at('one.tar')])).images).toMatchObject([
      { tags: ['bramble:1.4'] },
    ]);
    expect((await saved(['bramble:1.4', id, '-o', store.at('both.tar')])).images).toMatchObject([
      { tags: ['bramble:1.4'] },
    ]);
  });

  it('rejects impossible requests, and replaces nothing', async () => {
    const file = store.at('there');
    writeFileSync(file, 'of somebody');
    for (const args of [
      ['bramble', '-o', file],
      ['bramble', 'absent', '-o', store.at('x')],
      ['bramble', '--json'],
      ['bramble', '-o', `oci:${store.at('y')}`, '--compress', 'gzip'],
      [],
    ]) {
      expect([args, (await store.layers(['save', ...args])).status]).toEqual([args, 2]);
    }
    expect(readFileSync(file, 'utf8')).toBe('of somebody');
    expect((await store.layers(['save', 'bramble', '-o', store.at('no/folder')])).status).toBe(4);
    expect((await store.layers(['save', 'bramble', '-o', file, '--force'])).status).toBe(0);
  });

  it.each([[[]], [['--force']]])('adds to a layout with other images, and to a store: %j', async (force) => {
    const other = createTestStore();
    try {
      await other.out(['load', '-i', store.archiveOf('theirs', ['theirs:1'])]);
      const output = `oci:${other.path}`;
      await store.out(['save', 'bramble:1.4', '-o', output, ...force]);
      await store.out(['config', demo, '--user', '1', '-o', `${output}:mine:1`, ...force]);
      const names = rowsOf(await other.out(['images'])).map(([name]) => name);
      expect(names).toEqual(expect.arrayContaining(['theirs', 'bramble', 'mine']));
      expect(await other.out(['store', 'check'])).toMatch(/^clean: 3 images/);
    } finally {
      other.remove();
    }
  });

  it('distinguishes names with the same tag in an OCI layout', async () => {
    await store.out(['tag', 'bramble:1.4', 'a:latest']);
    await store.out(['tag', 'bramble-web:2.0', 'b:latest']);
    const { findings } = await saved(['--format', 'oci', 'a', 'b', '-o', store.at('x.tar')]);
    expect(findings).toEqual([]);
    for (const name of ['a', 'b:latest']) {
      const before = await store.imageOf(name);
      expect((await store.imageOf(`oci-archive:${store.at('x.tar')}:${name}`)).id).toBe(before.id);
    }
    expect((await store.layers(['inspect', `oci-archive:${store.at('x.tar')}:latest`])).status).toBe(2);
  });
});
