import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkStore } from '@layers/store/check';
import { pruneStore, removeImages } from '@layers/store/garbage';
import { findImage, listImages, tagImage } from '@layers/store/images';
import { openStore, type Store } from '@layers/store/layout';
import { loadImages } from '@layers/store/load';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { treeOfFolder } from './folder-tree.ts';
import { treeOfLayers } from './layers-command.ts';
import { run } from './processes.ts';
import { newImages } from './store-images.ts';
import { differences } from './tree.ts';

// podman derives the image name from the path, and names cannot have capitals.
const folder = join(tmpdir(), `layers-store-test-${process.pid}`);
mkdirSync(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

/** The name of the example image in these tests. */
const NAME = 'localhost:5000/me/demo:1.0';

async function filled(name: string): Promise<Store> {
  const store = openStore(join(folder, name), { create: true });
  const images = await newImages(example('demo.tar'));
  await loadImages(
    store,
    images.map((image) => ({ ...image, tags: ['demo:1.0', NAME] })),
  );
  return store;
}

async function skopeo(...args: string[]): Promise<string> {
  return (await run('skopeo', ['--insecure-policy', ...args])).toString();
}

async function podman(...args: string[]): Promise<string> {
  const state = join(folder, 'podman');
  const own = [
    '--root',
    join(state, 'root'),
    '--runroot',
    join(state, 'run'),
    '--tmpdir',
    join(state, 'tmp'),
  ];
  const driver = ['--storage-driver', 'vfs', '--events-backend', 'none'];
  return (await run('podman', [...own, ...driver, ...args])).toString().trim();
}

/** Loads, tags, removes and prunes until it is stopped. */
function busy(store: Store): () => Promise<void> {
  let isOver = false;
  const working = (async () => {
    const images = await newImages(example('two-images.tar'));
    for (let round = 0; !isOver; round++) {
      await loadImages(
        store,
        images.map((image, i) => ({ ...image, tags: [`busy:${i}`] })),
      );
      await tagImage(store, 'busy:0', `busy:tag${round % 3}`);
      await removeImages(store, ['busy:1']);
      await pruneStore(store);
    }
  })();
  return async () => {
    isOver = true;
    await working;
  };
}

describe.skipIf(inject('missing').length > 0)('a store that other tools use', () => {
  it('can be read by skopeo, umoci and podman while it changes', async () => {
    const store = await filled('readers');
    const id = findImage(store, NAME).id ?? '';
    const stop = busy(store);
    try {
      for (const name of ['demo:1.0', NAME]) {
        const reference = `oci:${store.path}:${name}`;
        const { Layers: layers }: { Layers: string[] } = JSON.parse(await skopeo('inspect', reference));
        expect(layers).toEqual(findImage(store, name).layers.map(({ digest }) => digest));
        await skopeo('copy', '--quiet', reference, `dir:${join(folder, 'copied')}`);
      }
      const listed = (await run('umoci', ['list', '--layout', store.path])).toString().split('\n');
      expect(listed).toEqual(expect.arrayContaining(['demo:1.0', NAME]));
      const unpacked = join(folder, 'unpacked');
      await run('umoci', ['raw', 'unpack', '--image', `${store.path}:demo:1.0`, unpacked]);
      const ours = await treeOfLayers({ path: example('demo.tar') });
      expect(differences(ours, await treeOfFolder(unpacked))).toEqual([]);
      expect(await podman('pull', '--quiet', `oci:${store.path}:demo:1.0`)).toBe(id.slice('sha256:'.length));
    } finally {
      await stop();
    }
    expect((await checkStore(store)).isClean).toBe(true);
  });

  it('lists an image that skopeo copies into it, next to its own images', async () => {
    const store = await filled('written');
    const from = `docker-archive:${example('demo.tar')}`;
    await skopeo('copy', '--quiet', from, `oci:${store.path}:copied/by-skopeo:2`);
    await skopeo('copy', '--quiet', from, `oci:${store.path}:bare`);
    expect(listImages(store).flatMap(({ refs }) => refs)).toEqual(
      expect.arrayContaining(['bare', 'copied/by-skopeo:2', 'demo:1.0', NAME]),
    );
    // skopeo rewrites the config of the docker-archive.
    const diffIdsOf = (ref: string) => findImage(store, ref).layers.map(({ diffId }) => diffId);
    expect(diffIdsOf('copied/by-skopeo:2')).toEqual(diffIdsOf('demo:1.0'));
    expect(findImage(store, 'bare').problem).toBe(null);
    await tagImage(store, 'bare', 'mine:1');
    await removeImages(store, ['bare', 'copied/by-skopeo:2']);
    await pruneStore(store, { graceSeconds: 0 });
    expect(await checkStore(store)).toMatchObject({ isClean: true, unreferenced: [] });
    await skopeo('inspect', `oci:${store.path}:mine:1`);
  });

  it('moves a name back that skopeo moved to another image', async () => {
    const store = await filled('renamed');
    const [name] = (await newImages(example('two-images.tar'))).flatMap(({ tags }) => tags);
    await skopeo(
      'copy',
      '--quiet',
      `docker-archive:${example('two-images.tar')}:${name}`,
      `oci:${store.path}:demo:1.0`,
    );
    const theirs = findImage(store, 'demo:1.0').id;
    expect(theirs).not.toBe(findImage(store, NAME).id);
    await tagImage(store, NAME, 'demo:1.0');
    expect(findImage(store, 'demo:1.0').id).toBe(findImage(store, NAME).id);
    expect(findImage(store, theirs ?? '').refs).toEqual([]);
  });

  it('survives the garbage collection of umoci', async () => {
    const store = await filled('collected');
    const [loaded] = await loadImages(
      store,
      (await newImages(example('two-images.tar'))).slice(0, 1).map((image) => ({ ...image, tags: [] })),
    );
    await run('umoci', ['gc', '--layout', store.path]);
    expect(findImage(store, loaded?.id ?? '').problem).toBe(null);
    expect((await checkStore(store)).isClean).toBe(true);
  });

  it('lists images that other tools create in it', async () => {
    const store = await filled('made');
    await run('umoci', ['config', '--image', `${store.path}:demo:1.0`, '--tag', 'umoci', '--author', 'me']);
    expect(findImage(store, 'umoci').layers).toEqual(findImage(store, 'demo:1.0').layers);
    expect((await checkStore(store)).isClean).toBe(true);
  });
});
