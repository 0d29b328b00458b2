import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '@layers/testing/command';
import { demo, packed, rowsOf, two, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';

const store = useTestStore();

/** A layout in which one name has images for two platforms. */
async function severalPlatforms(): Promise<string> {
  const [arm, layout] = [store.at('arm.tar'), store.at('layout')];
  await store.out(['config', demo, '--set-platform', 'linux/arm64', '--tag', 'arm:1', '-o', arm]);
  await store.out(['repack', demo, arm, '-o', `oci:${layout}`]);
  const file = join(layout, 'index.json');
  const { manifests, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  const platforms = ['amd64', 'arm64'].map((architecture, i) => {
    const { annotations: _, ...descriptor } = manifests[i];
    return { ...descriptor, platform: { os: 'linux', architecture } };
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const index = JSON.stringify({ schemaVersion: 2, mediaType, manifests: platforms });
  const hex = createHash('sha256').update(index).digest('hex');
  writeFileSync(join(layout, 'blobs/sha256', hex), index);
  const annotations = { 'io.containerd.image.name': 'docker.io/library/app:1' };
  const descriptor = { mediaType, digest: `sha256:${hex}`, size: index.length, annotations };
  writeFileSync(file, JSON.stringify({ ...rest, manifests: [descriptor] }));
  return layout;
}

describe('layers load', () => {
  it('loads all images, and prints the output of docker', async () => {
    expect(await store.out(['load', '-i', two])).toBe(
      'Loaded image: bramble-web:2.0\nLoaded image: bramble-worker:2.0\n',
    );
    expect(await store.out(['load', '--input', demo])).toBe('Loaded image: bramble:1.4\n');
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 3 images/);
  });

  it.each([
    ['a file', (): string[] => ['-i', demo]],
    ['a layout', (): string[] => ['-i', `oci:${store.at('layout')}`]],
    ['an archive that is compressed as a whole', (): string[] => ['-i', store.at('demo.tar.gz')]],
  ])('takes %s', async (_, args) => {
    await store.out(['repack', packed, '-o', `oci:${store.at('layout')}`]);
    writeFileSync(store.at('demo.tar.gz'), spawnSync('gzip', ['-c', demo]).stdout);
    expect(await store.out(['load', ...args()])).toBe('Loaded image: bramble:1.4\n');
    expect((await store.imageOf('bramble:1.4')).id).toBe((await store.imageOf(demo)).id);
    expect(await store.out(['store', 'check'])).toMatch(/^clean: 1 image,/);
  });

  it('reads a pipe, compressed or not, and leaves no copy', async () => {
    for (const input of [readFileSync(demo), spawnSync('gzip', ['-c', demo]).stdout]) {
      expect(await store.out(['load'], { input })).toBe('Loaded image: bramble:1.4\n');
      const { source } = JSON.parse(await store.out(['load', '--json'], { input }));
      expect(source).toMatchObject({ path: '-', sizeBytes: input.length });
    }
    const check = JSON.parse(await store.out(['store', 'check', '--json']));
    expect(check).toMatchObject({ isClean: true, partial: [], unreferenced: [] });
  });

  it('changes nothing when it loads an image again', async () => {
    await store.out(['load', '-i', demo]);
    const before = statSync(join(store.path(), 'index.json'));
    const { images } = JSON.parse(await store.out(['load', '--json', '-i', demo]));
    expect(images).toMatchObject([{ isUnchanged: true, wasThere: true, blobs: { written: 0 } }]);
    expect(statSync(join(store.path(), 'index.json')).mtimeMs).toBe(before.mtimeMs);
  });

  it('loads the selected image', async () => {
    expect(await store.out(['load', '-i', two, '--image', 'bramble-worker:2.0'])).toBe(
      'Loaded image: bramble-worker:2.0\n',
    );
    expect((await store.layers(['load', '-i', two, '--image', '#1', '--all'])).status).toBe(2);
    expect((await store.layers(['load', '-i', two, '--platform', 'linux/s390x'])).status).toBe(2);
    const name = /linux\/\w+/.exec(await store.out(['inspect', demo]))?.[0] ?? '';
    expect(await store.out(['load', '-i', two, '--platform', name])).toContain('bramble-web:2.0');
  });

  it('reports an image that lost its name, as docker does, and keeps it', async () => {
    const first = store.archiveOf('first', ['app:1']);
    const second = store.archiveOf('second', ['app:1']);
    await store.out(['load', '-i', first]);
    const old = (await store.imageOf('app:1')).id;
    expect(await store.out(['load', '-i', second])).toBe(
      `The image app:1 already exists, renaming the old one with ID ${old} to empty string\nLoaded image: app:1\n`,
    );
    expect((await store.imageOf('app:1')).id).toBe((await store.imageOf(second)).id);
    expect(rowsOf(await store.out(['images', '--filter', 'dangling=true']))[1]?.slice(0, 3)).toEqual([
      '<none>',
      '<none>',
      old.slice(7, 19),
    ]);
  });

  it('names an image without a name by its id', async () => {
    const file = store.archiveOf('nameless', []);
    expect(await store.out(['load', '-i', file])).toBe(
      `Loaded image ID: ${(await store.imageOf(file)).id}\n`,
    );
  });

  it('compresses uncompressed layers with --compress, and no others', async () => {
    const { id } = await store.imageOf(demo);
    await store.out(['load', '-i', demo, '--compress', 'gzip']);
    const { layers: now, image } = JSON.parse(await store.out(['inspect', '--json', 'bramble:1.4']));
    expect(image.id).toBe(id);
    expect(new Set(now.map(({ compression }: { compression: string }) => compression))).toEqual(
      new Set(['gzip']),
    );
    await store.out(['load', '-i', packed, '--compress', 'zstd']);
    const kept = JSON.parse(await store.out(['inspect', '--json', 'bramble:1.4'])).layers;
    const given = JSON.parse(await store.out(['inspect', '--json', packed])).layers;
    expect(kept.map(({ digest }: { digest: string }) => digest)).toEqual(
      given.map(({ digest }: { digest: string }) => digest),
    );
  });

  it('rejects other input, and creates no store for it', async () => {
    expect((await store.layers(['load', '-i', store.at('absent.tar')])).status).toBe(3);
    expect((await store.layers(['load', '-i', 'absent'])).status).toBe(2);
    expect((await store.layers(['load', '--to', 'mars', '-i', demo])).status).toBe(2);
    expect(existsSync(store.path())).toBe(false);
    expect((await store.layers(['load'], { input: Buffer.alloc(0) })).status).toBe(3);
  });

  it('ends with 4 if the store cannot be written', async () => {
    writeFileSync(store.at('file'), '');
    const { status, stderr } = await store.layers(['load', '-i', demo], {
      env: { LAYERS_STORE: store.at('file/store') },
    });
    expect([status, stderr]).toEqual([
      4,
      expect.stringMatching(/^error: .*file.* \[ERR_LAYERS_\w+\]\n(hint: .*\n)?$/),
    ]);
  });

  it('loads all platforms of a name, or the one of --platform', async () => {
    const layout = await severalPlatforms();
    const mine = process.arch === 'arm64' ? 'arm64' : 'amd64';
    expect(await store.out(['load', '-i', layout])).toBe('Loaded image: app:1\n');
    expect((await store.imageOf('app:1')).platform.architecture).toBe(mine);
    // The heading, and one line for the name.
    const rows = rowsOf(await store.out(['images']));
    expect(rows).toHaveLength(2);
    expect(rows[1]?.join(' ')).toMatch(/linux\/amd64.*linux\/arm64|linux\/arm64.*linux\/amd64/);
    await store.out(['load', '-q', '-i', layout, '--platform', 'linux/arm64']);
    expect((await store.imageOf('app:1')).platform.architecture).toBe('arm64');
    expect((await store.layers(['load', '-i', layout, '--platform', 'linux/s390x'])).status).toBe(2);
  });
});

describe('a layout of another tool', () => {
  it('is a store, in which one name has several platforms', async () => {
    const env = { LAYERS_STORE: await severalPlatforms() };
    const architecture = async (...args: readonly string[]): Promise<string> =>
      JSON.parse(await store.out(['inspect', '--json', ...args, 'app:1'], { env })).image.platform
        .architecture;
    expect(await architecture()).toBe(process.arch === 'arm64' ? 'arm64' : 'amd64');
    expect(await architecture('--platform', 'linux/arm64')).toBe('arm64');
    expect(await architecture('--platform', 'linux/amd64')).toBe('amd64');
    const unknown = await store.layers(['inspect', '--platform', 'linux/s390x', 'app:1'], { env });
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('linux/s390x')]);
    const platforms = ['--platform', 'linux/amd64', '--platform-b', 'linux/arm64'];
    for (const names of [['app:1'], ['app:1', 'app:1']]) {
      const { status, stdout } = await store.layers(['diff', '--json', ...platforms, ...names], { env });
      expect([status, JSON.parse(stdout).b.image.platform.architecture]).toEqual([1, 'arm64']);
    }
    expect(rowsOf(await store.out(['images'], { env }))).toHaveLength(2);
  });
});

describe('a load that is killed', () => {
  it('leaves files that the next load removes', async () => {
    await store.out(['load', '-i', two]);
    const child = spawn(process.execPath, [command, 'load'], {
      env: { ...process.env, LAYERS_STORE: store.path() },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.on('error', () => {});
    child.stdin.write(readFileSync(demo));
    const partial = async (): Promise<{ sizeBytes: number; isLive: boolean }[]> =>
      JSON.parse(await store.out(['store', 'check', '--json'])).partial;
    while ((await partial()).every(({ sizeBytes }) => sizeBytes === 0)) await sleep(50);
    expect(await partial()).toMatchObject([{ isLive: true }]);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(await partial()).toMatchObject([{ isLive: false }]);
    expect(await store.out(['store', 'check'])).toMatch(/ is of an interrupted upload.*\nclean: 2 images/);
    await store.out(['load', '-i', demo]);
    expect(await partial()).toEqual([]);
  });

  it('leaves no files after Ctrl-C', async () => {
    await store.out(['load', '-i', two]);
    const child = spawn(process.execPath, [command, 'load'], {
      env: { ...process.env, LAYERS_STORE: store.path() },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.on('error', () => {});
    child.stdin.write(readFileSync(demo));
    const uploads = join(store.path(), '.layers/uploads');
    while (readdirSync(uploads).length === 0) await sleep(50);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(readdirSync(uploads)).toEqual([]);
  });
});
