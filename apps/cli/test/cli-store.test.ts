import { copyFileSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demo, linesOf, packed, rowsOf, useTestStore } from '@layers/testing/test-store';
import { beforeEach, describe, expect, it } from 'vitest';

const store = useTestStore();

describe('layers tag and rmi', () => {
  beforeEach(async () => {
    await store.out(['load', '-i', demo]);
  });

  it('adds and removes tags, and deletes an image with its last tag', async () => {
    expect(await store.out(['tag', 'bramble:1.4', 'me/app'])).toBe('');
    expect(await store.out(['rmi', 'bramble:1.4'])).toBe('Untagged: bramble:1.4\n');
    const { id } = await store.imageOf('me/app');
    const [first, second, ...rest] = linesOf(await store.out(['rmi', 'me/app:latest']));
    expect([first, second]).toEqual(['Untagged: me/app:latest', `Deleted: ${id}`]);
    // The manifest and the layers.
    expect(rest).toHaveLength(6);
    expect(new Set(rest).size).toBe(6);
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 0 images, 0 blobs/);
  });

  it('removes by id, with --force if there are several names', async () => {
    const id = (await store.imageOf(demo)).id.slice(7, 19);
    await store.out(['tag', id, 'again']);
    expect((await store.layers(['rmi', id])).status).toBe(2);
    expect(
      linesOf(await store.out(['rmi', '-f', id]))
        .slice(0, 2)
        .sort(),
    ).toEqual(['Untagged: again:latest', 'Untagged: bramble:1.4']);
  });

  it('removes the others if some names are unknown', async () => {
    const { status, stdout, stderr } = await store.layers(['rmi', 'absent', 'bramble:1.4', 'absent-too']);
    expect(status).toBe(2);
    expect(stdout).toMatch(/^Untagged: bramble:1\.4\nDeleted: /);
    expect(stderr.match(/^error: .*/gm)).toEqual([
      'error: no such image: absent [ERR_LAYERS_IMAGE_NOT_FOUND]',
      'error: no such image: absent-too [ERR_LAYERS_IMAGE_NOT_FOUND]',
    ]);
    expect(await store.layers(['rmi', '--force', 'absent'])).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^error: no such image: absent \[ERR_LAYERS_IMAGE_NOT_FOUND\]\n/),
    });
  });

  it('rejects invalid names', async () => {
    expect((await store.layers(['tag', 'bramble:1.4', 'Upper'])).status).toBe(2);
    expect((await store.layers(['tag', 'absent', 'name'])).status).toBe(2);
    expect((await store.layers(['tag', 'bramble:1.4'])).status).toBe(2);
  });
});

describe('layers prune and store', () => {
  it('deletes untagged images, and prints the reclaimed bytes', async () => {
    await store.out(['load', '-i', store.archiveOf('one', ['app:1'])]);
    const { id } = await store.imageOf('app:1');
    await store.out(['load', '-i', store.archiveOf('two', ['app:1'])]);
    expect(await store.out(['prune', '--dry-run', '--grace', '0'])).toContain(`Would be deleted: ${id}\n`);
    expect(rowsOf(await store.out(['images']))).toHaveLength(3);
    const text = await store.out(['prune', '--grace', '0', '-f']);
    expect(text).toContain(`Deleted: ${id}\n`);
    expect(text).toMatch(/\nTotal reclaimed space: \d.* kB\n$/);
    expect(rowsOf(await store.out(['images']))).toHaveLength(2);
    expect(await store.out(['prune'])).toBe('Total reclaimed space: 0 B\n');
    expect((await store.layers(['prune', '--grace', 'soon'])).status).toBe(2);
  });

  it('keeps unused blobs during the grace period', async () => {
    await store.out(['load', '-i', store.archiveOf('one', ['app:1'])]);
    const blob = join(store.path(), 'blobs/sha256', 'a'.repeat(64));
    copyFileSync(demo, blob);
    const kept = await store.out(['prune']);
    expect(kept).toMatch(/^Kept: 1 blob \(\d+ kB\) younger than the grace/);
    expect(existsSync(blob)).toBe(true);
    expect(await store.out(['prune', '--grace', '0s'])).toContain(`Deleted: sha256:${'a'.repeat(64)}\n`);
    expect(existsSync(blob)).toBe(false);
  });

  it('prints the path of the store', async () => {
    expect(await store.out(['store', 'path'])).toBe(`${store.path()}\n`);
    expect(JSON.parse(await store.out(['store', 'path', '--json'])).path).toBe(store.path());
    const env = { LAYERS_STORE: '', XDG_DATA_HOME: '/nonexistent/data' };
    if (process.platform === 'linux') {
      expect(await store.out(['store', 'path'], { env })).toBe('/nonexistent/data/layers/store\n');
    }
    expect((await store.layers(['store', 'burn'])).status).toBe(2);
    expect(existsSync(store.path())).toBe(false);
  });

  it('finds a damaged blob; every command names it, and loading repairs it', async () => {
    await store.out(['load', '-i', packed]);
    const [layer] = JSON.parse(await store.out(['inspect', '--json', 'bramble:1.4'])).layers;
    const hex = layer.digest.slice(7);
    const blob = join(store.path(), 'blobs/sha256', hex);
    const bytes = readFileSync(blob);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x40;
    writeFileSync(blob, bytes);
    const check = await store.layers(['store', 'check']);
    expect(check.status).toBe(1);
    expect(check.stdout).toMatch(new RegExp(`^blob-corrupt: .*${layer.digest}.*\n +needed by bramble:1.4`));
    for (const args of [
      ['save', 'bramble', '-o', store.at('x.tar')],
      ['export', 'bramble:1.4', '-o', store.at('y.tar')],
      ['squash', 'bramble:1.4', '-o', store.at('z.tar')],
      ['inspect', 'bramble:1.4'],
      ['verify', 'bramble:1.4'],
    ]) {
      const { status, stdout, stderr } = await store.layers(args);
      expect([
        args[0],
        [1, 3].includes(status ?? 0),
        `${stdout}${stderr}`.includes(hex.slice(0, 12)),
      ]).toEqual([args[0], true, true]);
    }
    expect(existsSync(store.at('x.tar'))).toBe(false);
    const { images } = JSON.parse(await store.out(['load', '--json', '-i', packed]));
    expect(images).toMatchObject([{ blobs: { written: 1, mended: 1 }, isUnchanged: false }]);
    expect(await store.out(['store', 'check'])).toMatch(/^clean/);
  });

  it('writes no byte of an uncompressed layer that is damaged on disk', async () => {
    await store.out(['load', '-i', demo]);
    const [layer] = JSON.parse(await store.out(['inspect', '--json', 'bramble:1.4'])).layers;
    const blob = join(store.path(), 'blobs/sha256', layer.digest.slice(7));
    const bytes = readFileSync(blob);
    const at = bytes.indexOf('listen = ');
    bytes[at > 0 ? at : bytes.length >> 1] = 0x21;
    writeFileSync(blob, bytes);
    const file = store.at('out.tar');
    for (const args of [
      ['export', 'bramble:1.4', '-o', file],
      ['squash', 'bramble:1.4', '-o', file],
      ['repack', '--drop-waste', 'bramble:1.4', '-o', file],
      ['append', 'bramble:1.4', '--add', demo, '-o', file],
      ['config', 'bramble:1.4', '--user', 'me', '-o', file],
      ['save', 'bramble:1.4', '-o', file],
      ['extract', 'bramble:1.4', store.at('tree')],
      ['cat', 'bramble:1.4', '/etc/os-release'],
    ]) {
      const { status, stdout, stderr } = await store.layers(args);
      expect([args[0], status, stdout, stderr.includes(layer.digest)]).toEqual([args[0], 3, '', true]);
      expect(existsSync(file)).toBe(false);
    }
    expect(existsSync(store.at('tree'))).toBe(false);
  });

  it('rejects a directory that is not a store', async () => {
    mkdirSync(store.at('else'));
    writeFileSync(store.at('else/file'), '');
    const env = { LAYERS_STORE: store.at('else') };
    const { status, stderr } = await store.layers(['load', '-i', demo], { env });
    expect([status, stderr]).toEqual([3, expect.stringContaining('else')]);
  });
});

describe('layers store check --repair', () => {
  it('makes a new index in place of one that no command can read', async () => {
    await store.out(['load', '-i', store.archiveOf('one', ['app:1'])]);
    writeFileSync(join(store.path(), 'index.json'), '{}');
    const old = Date.now() / 1000 - 60;
    utimesSync(join(store.path(), 'index.json'), old, old);
    for (const args of [['images'], ['prune', '--grace', '0'], ['store', 'check']]) {
      const { status, stderr } = await store.layers(args);
      expect(status).toBe(3);
      expect(stderr).toContain('hint: layers store check --repair makes a new index\n');
    }
    expect(await store.out(['store', 'check', '--repair'])).toMatch(
      /^repaired: a new index with 1 entry, from the manifests in the store\n.*\n {2}the old index is .*\nclean: 1 image,/,
    );
    expect(rowsOf(await store.out(['images']))).toHaveLength(2);
    expect((await store.layers(['store', 'path', '--repair'])).status).toBe(2);
  });
});
