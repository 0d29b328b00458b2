import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { treeOfFolder } from './folder-tree.ts';
import { run } from './processes.ts';
import { configDigest, type LoadedImage, type Loader, type Loads } from './rewrite-loaders.ts';
import { differences } from './tree.ts';

type Transport = 'docker-archive' | 'oci-archive' | 'oci';

/** `folder` is for copies. Requests images by name. */
export function skopeoLoader(transport: Transport, folder: string): Loader {
  return {
    name: `skopeo ${transport}:`,
    async load(path, names) {
      const from = `${transport}:${path}`;
      try {
        return { images: [await copied(from)], how: '' };
      } catch (cause) {
        const needsName = /more than one image|expected 1 item, got/.test(String(cause));
        if (!needsName || names.length === 0) throw cause;
      }
      const images: LoadedImage[] = [];
      for (const name of names) {
        images.push({ ...(await copied(`${from}:${name}`)), names: [name] });
      }
      return { images: gathered(images), how: 'by name' };
    },
  };

  async function copied(from: string): Promise<LoadedImage> {
    const plain = join(folder, 'plain');
    const layout = join(folder, 'layout');
    try {
      await skopeoCopy(from, `dir:${plain}`);
      const id = configDigest(readFileSync(join(plain, 'manifest.json'), 'utf8'));
      // umoci does not support zstd.
      await skopeoCopy('--dest-compress-format', 'gzip', from, `oci:${layout}:it`);
      const tree = await unpacked(layout, 'it', join(folder, 'rootfs'));
      return { id, differencesFrom: (ours) => differences(ours, tree) };
    } finally {
      for (const copy of [plain, layout]) rmSync(copy, { recursive: true, force: true });
    }
  }
}

/** umoci reads only layouts. `folder` is for extracted trees. */
export function umociLoader(folder: string): Loader {
  return {
    name: 'umoci unpack',
    async load(path, names): Promise<Loads> {
      const images: LoadedImage[] = [];
      for (const name of names.length === 0 ? ['latest'] : names) {
        const tree = await unpacked(path, name, join(folder, 'unpacked'));
        const id = idInLayout(path, name);
        images.push({ id, names: [name], differencesFrom: (ours) => differences(ours, tree) });
      }
      return { images: gathered(images), how: '' };
    },
  };
}

/** Returns each image once, with all its names. */
function gathered(images: readonly LoadedImage[]): LoadedImage[] {
  const known = new Map<string, LoadedImage>();
  for (const image of images) {
    const names = [...(known.get(image.id)?.names ?? []), ...(image.names ?? [])];
    known.set(image.id, { ...image, names });
  }
  return [...known.values()];
}

async function unpacked(layout: string, tag: string, rootfs: string): ReturnType<typeof treeOfFolder> {
  try {
    await run('umoci', ['raw', 'unpack', '--image', `${layout}:${tag}`, rootfs]);
    return await treeOfFolder(rootfs);
  } finally {
    rmSync(rootfs, { recursive: true, force: true });
  }
}

/** umoci prints no ids, so this reads the id from the files of the layout. */
function idInLayout(layout: string, tag: string): string {
  const index: { manifests: { digest: string; annotations?: Record<string, string> }[] } = JSON.parse(
    readFileSync(join(layout, 'index.json'), 'utf8'),
  );
  const found = index.manifests.find(
    ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === tag,
  );
  const hex = found?.digest.slice('sha256:'.length) ?? '';
  return configDigest(readFileSync(join(layout, 'blobs/sha256', hex), 'utf8'));
}

async function skopeoCopy(...args: string[]): Promise<void> {
  await run('skopeo', ['--insecure-policy', 'copy', '--quiet', ...args]);
}
