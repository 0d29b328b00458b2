// A private Docker daemon in its own directory, for the time of a measurement.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './measure.mjs';

/** Unmounts everything in a directory, because removing the directory would delete the files of its mounts. */
export function unmountBelow(folder) {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n').reverse()) {
    const mounted = line.split(' ')[1];
    if (mounted?.startsWith(`${folder}/`)) spawnSync('umount', [mounted]);
  }
}

/**
 * Starts a daemon. Resolves to `{ docker, socket, stop }` when it answers. `docker` is the start of a command line. Needs
 * root.
 */
export async function startDaemon(folder) {
  const root = mkdtempSync(join(folder, '.layers-docker-'));
  const socket = join(root, 'docker.sock');
  const daemon = spawn(
    'dockerd',
    [
      ...[
        '--data-root',
        join(root, 'data'),
        '--exec-root',
        join(root, 'exec'),
        '--storage-driver',
        'overlay2',
      ],
      ...['--bridge=none', '--iptables=false', '--ip6tables=false'],
      ...['--pidfile', join(root, 'pid'), '-H', `unix://${socket}`],
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  const docker = ['docker', '-H', `unix://${socket}`];
  const stop = async () => {
    daemon.kill();
    await ended;
    // A killed daemon leaves its overlay mounts.
    unmountBelow(root);
    rmSync(root, { recursive: true, force: true });
  };
  for (let turn = 0; turn < 100; turn++) {
    if (spawnSync(docker[0], [...docker.slice(1), 'version']).status === 0) return { docker, socket, stop };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop();
  throw new Error('dockerd does not answer');
}

/**
 * The daemon of a group's jobs. `begin` starts it if possible. `command` returns the start of a command line for it.
 * Without a daemon, the command fails with the reason.
 *
 * @param {import('./context.mjs').Context} context
 */
export function groupDaemon({ cache, quick, tool }) {
  let daemon;
  let why = 'needs root';
  return {
    begin: async (ends, prepare = () => {}) => {
      if (quick || tool('dockerd') === null || process.getuid?.() !== 0) return;
      try {
        daemon = await startDaemon(cache);
        ends.push(daemon.stop);
        await prepare(daemon);
      } catch (error) {
        daemon = undefined;
        why = error.message;
      }
    },
    command: (...args) => (daemon === undefined ? unavailable(why) : [...daemon.docker, ...args]),
    /** Returns a command line of another tool that uses the daemon. */
    client: (...argv) =>
      daemon === undefined ? unavailable(why) : ['env', `DOCKER_HOST=unix://${daemon.socket}`, ...argv],
  };
}

/** Returns a command line that prints a reason and fails. */
const unavailable = (why) => ['sh', '-c', 'echo "$1" >&2; exit 1', 'sh', why];

/** Loads an archive, and returns the name of its image. */
export function loadImage(docker, archive) {
  const said = capture({ name: 'docker load', argv: [...docker, 'load', '-i', archive] });
  return /^Loaded image(?: ID)?: (.*)$/m.exec(said)?.[1];
}

/** Loads an archive, and returns the id of a container of it that is not started. */
export function createContainer(docker, archive) {
  const name = loadImage(docker, archive);
  return capture({ name: 'docker create', argv: [...docker, 'create', name, 'true'] }).trim();
}
