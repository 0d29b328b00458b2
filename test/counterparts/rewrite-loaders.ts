import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { treeOfFolder } from './folder-tree.ts';
import { run } from './processes.ts';
import type { Containerd } from './rewrite-containerd.ts';
import { differences, type Tree } from './tree.ts';

/** An image as a loader has it. */
export interface LoadedImage {
  /** The digest of its config. */
  id: string;
  /**
   * Without a registry where that is Docker's own, or the one that podman puts before names without any; undefined
   * where the loader was not asked for a name and tells none.
   */
  names?: string[];
  differencesFrom(ours: Tree): string[];
  /** What it prints when it is run; undefined where this loader runs nothing. */
  printed?: string;
}

export interface Loads {
  images: LoadedImage[];
  /** What had to be asked for beyond the file; empty for nothing. */
  how: string;
}

/** A program that takes images, and forgets them after each load. */
export interface Loader {
  name: string;
  /** Takes what is at `path`, with `names` as the tags to ask for where it wants to be asked; rejects as the program does. */
  load(path: string, names: readonly string[]): Promise<Loads>;
}

export function dockerLoader(docker: Docker): Loader {
  return {
    name: 'docker load',
    async load(path) {
      const lines = await docker(['load', '--quiet', '--input', path]);
      const known = [...lines.matchAll(/^Loaded image(?: ID)?: (.*)$/gm)].map(([, name]) => name ?? '');
      const names = new Map<string, string[]>();
      for (const name of known) {
        const id = await docker(['image', 'inspect', '--format', '{{.Id}}', name]);
        names.set(id, [...(names.get(id) ?? []), ...(name === id ? [] : [name])]);
      }
      const images: LoadedImage[] = [];
      for (const [id, held] of names) {
        const tree = await treeOfContainer(docker, id);
        const printed = await docker(['run', '--rm', '--network', 'none', id]);
        images.push({
          id,
          names: held,
          printed,
          differencesFrom: (ours) => differencesFromContainer(ours, tree),
        });
      }
      await docker(['rmi', '--force', ...names.keys()]);
      return { images, how: '' };
    },
  };
}

/** `folder` is for a store of its own, which needs no overlay mounts. */
export function podmanLoader(folder: string): Loader {
  const store = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const state = ['--tmpdir', join(folder, 'tmp'), '--events-backend', 'none', '--cgroup-manager', 'cgroupfs'];
  // Its own limits may be more than this process may grant.
  const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1000:1000'];
  const podman = async (...args: string[]): Promise<string> =>
    (await run('podman', [...store, ...state, ...args])).toString().trim();
  return {
    name: 'podman load',
    async load(path) {
      try {
        await podman('load', '--quiet', '--input', path);
        const listed: { Id: string; Names?: string[] }[] = JSON.parse(
          await podman('images', '--all', '--format', 'json'),
        );
        const held = new Map(listed.map(({ Id, Names }) => [Id, Names ?? []]));
        const images: LoadedImage[] = [];
        for (const [id, names] of held) {
          const tree = await treeOfFolder(await podman('image', 'mount', id));
          const printed = await podman('run', '--rm', '--network', 'none', ...limits, id);
          images.push({
            id: `sha256:${id}`,
            names: names.map(familiar),
            printed,
            differencesFrom: (ours) => differences(ours, tree),
          });
        }
        return { images, how: '' };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** `folder` is for what is mounted. */
export function containerdLoader(containerd: Containerd, folder: string): Loader {
  let count = 0;
  return {
    name: 'ctr image import',
    async load(path) {
      count += 1;
      const ctr = (...args: string[]): Promise<string> => containerd.ctr(`load-${count}`, args);
      const list = async (): Promise<string[]> =>
        (await ctr('image', 'list', '--quiet')).split('\n').filter((name) => name !== '');
      await ctr('image', 'import', path);
      const named = await list();
      if (named.length === 0) await ctr('image', 'import', '--digests', path);
      const names = new Map<string, string[]>();
      for (const name of await list()) {
        const id = await configIn(ctr, name);
        names.set(id, [...(names.get(id) ?? []), name]);
      }
      const images: LoadedImage[] = [];
      for (const [id, [name = '', ...others]] of names) {
        const mount = join(folder, `mount-${count}-${images.length}`);
        mkdirSync(mount, { recursive: true });
        await ctr('image', 'mount', name, mount);
        const tree = await treeOfFolder(mount);
        await ctr('image', 'unmount', '--rm', mount);
        images.push({
          id,
          names: [name, ...others].filter((held) => named.includes(held)).map(familiar),
          printed: await ctr('run', '--rm', name, `container-${images.length}`),
          differencesFrom: (ours) => differences(ours, tree),
        });
      }
      return { images, how: named.length === 0 ? 'with --digests' : '' };
    },
  };
}

async function configIn(ctr: (...args: string[]) => Promise<string>, name: string): Promise<string> {
  const [digest = ''] = /sha256:[0-9a-f]+/.exec(await ctr('image', 'list', `name==${name}`)) ?? [];
  return configDigest(await ctr('content', 'get', digest));
}

/** The digest of the config that a manifest names. */
export function configDigest(manifest: string): string {
  const { config }: { config: { digest: string } } = JSON.parse(manifest);
  return config.digest;
}

/** The name that people write for a qualified one. */
function familiar(name: string): string {
  return name.replace(/^(docker\.io\/library|localhost)\//, '');
}
