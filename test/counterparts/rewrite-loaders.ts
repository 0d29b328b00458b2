import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { treeOfFolder } from './folder-tree.ts';
import { run } from './processes.ts';
import { differences, type Tree } from './tree.ts';

/** An image as a loader describes it. */
export interface LoadedImage {
  /** The digest of its config. */
  id: string;
  /**
   * Without the registry of Docker, and without the one that podman adds to short names. Undefined if the loader prints
   * no name, and none was requested.
   */
  names?: string[];
  differencesFrom(ours: Tree): string[];
  /** The output of its container; undefined if this loader cannot run containers. */
  printed?: string | undefined;
}

export interface Loads {
  images: LoadedImage[];
  /** What the loader needs in addition to the file, such as a name; empty for nothing. */
  how: string;
}

/** A program that loads images. It deletes them after each load. */
export interface Loader {
  name: string;
  /** Loads `path`. `names` are the tags to request if the program needs them. Rejects if the program fails. */
  load(path: string, names: readonly string[]): Promise<Loads>;
}

/** Whether loaders that can run containers do so. */
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

/** `folder` is for its store, which uses no overlay mounts. */
export function podmanLoader(folder: string, { runs }: Running): Loader {
  const store = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const state = ['--tmpdir', join(folder, 'tmp'), '--events-backend', 'none', '--cgroup-manager', 'cgroupfs'];
  // The default limits of podman can exceed those of this process.
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

/** Returns the digest of the config in a manifest. */
export function configDigest(manifest: string): string {
  const { config }: { config: { digest: string } } = JSON.parse(manifest);
  return config.digest;
}

/** Returns the short form of a qualified name. */
export function familiar(name: string): string {
  return name.replace(/^(docker\.io\/library|localhost)\//, '');
}
