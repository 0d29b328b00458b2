import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { treeOfFolder } from './folder-tree.ts';
import { run } from './processes.ts';
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
  printed?: string | undefined;
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

/** Whether a loader that can run images runs them. */
export interface Running {
  runs: boolean;
}

export function dockerLoader(docker: Docker, { runs }: Running): Loader {
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
        const printed = runs ? await docker(['run', '--rm', '--network', 'none', id]) : undefined;
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
export function podmanLoader(folder: string, { runs }: Running): Loader {
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
          const printed = runs ? await podman('run', '--rm', '--network', 'none', ...limits, id) : undefined;
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

/** The digest of the config that a manifest names. */
export function configDigest(manifest: string): string {
  const { config }: { config: { digest: string } } = JSON.parse(manifest);
  return config.digest;
}

/** The name that people write for a qualified one. */
export function familiar(name: string): string {
  return name.replace(/^(docker\.io\/library|localhost)\//, '');
}
