import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { treeOfFolder } from './folder-tree.ts';
import type { Containerd } from './rewrite-containerd.ts';
import { configDigest, familiar, type LoadedImage, type Loader, type Running } from './rewrite-loaders.ts';
import { differences } from './tree.ts';

type Ctr = (...args: string[]) => Promise<string>;

/** `folder` is for mounts. */
export function containerdLoader(containerd: Containerd, folder: string, { runs }: Running): Loader {
  let count = 0;
  return {
    name: 'ctr image import',
    async load(path) {
      count += 1;
      const ctr: Ctr = (...args) => containerd.ctr(`load-${count}`, args);
      // Without this option, ctr skips images of other platforms.
      const importing = ['image', 'import', '--all-platforms'];
      await ctr(...importing, path);
      const named = await namesIn(ctr);
      if (named.length === 0) await ctr(...importing, '--digests', path);
      const names = new Map<string, string[]>();
      for (const name of await namesIn(ctr)) {
        const id = await configIn(ctr, name);
        names.set(id, [...(names.get(id) ?? []), name]);
      }
      const images: LoadedImage[] = [];
      for (const [id, [name = '', ...others]] of names) {
        const mount = join(folder, `mount-${count}-${images.length}`);
        mkdirSync(mount, { recursive: true });
        await ctr('image', 'mount', '--platform', await platformOf(ctr, id), name, mount);
        const tree = await treeOfFolder(mount);
        await ctr('image', 'unmount', '--rm', mount);
        images.push({
          id,
          names: [name, ...others].filter((held) => named.includes(held)).map(familiar),
          printed: runs ? await ctr('run', '--rm', name, `container-${images.length}`) : undefined,
          differencesFrom: (ours) => differences(ours, tree),
        });
      }
      return { images, how: named.length === 0 ? 'with --digests' : '' };
    },
  };
}

async function namesIn(ctr: Ctr): Promise<string[]> {
  return (await ctr('image', 'list', '--quiet')).split('\n').filter((name) => name !== '');
}

async function configIn(ctr: Ctr, name: string): Promise<string> {
  const [digest = ''] = /sha256:[0-9a-f]+/.exec(await ctr('image', 'list', `name==${name}`)) ?? [];
  return configDigest(await ctr('content', 'get', digest));
}

async function platformOf(ctr: Ctr, id: string): Promise<string> {
  const config: { os: string; architecture: string } = JSON.parse(await ctr('content', 'get', id));
  return `${config.os}/${config.architecture}`;
}
