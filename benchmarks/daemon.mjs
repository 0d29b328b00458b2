// A Docker daemon of our own, in a folder of its own, for the time of a measurement.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './measure.mjs';

/** Unmounts all that is mounted in a folder: a mount in it would be emptied with it. */
export function unmountBelow(folder) {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n').reverse()) {
    const mounted = line.split(' ')[1];
    if (mounted?.startsWith(`${folder}/`)) spawnSync('umount', [mounted]);
  }
}

/** Resolves to `{ docker, socket, stop }` once it answers; `docker` begins a command line to it. Needs root. */
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
    // The overlay mounts of a daemon that had to be killed outlive it.
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
 * The daemon of a group's jobs. `begin` starts it, where it is wanted and can be; `command` begins a command line to
 * it, which says why and fails where there is none.
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
    /** A command line of another tool that talks to it. */
    client: (...argv) =>
      daemon === undefined ? unavailable(why) : ['env', `DOCKER_HOST=unix://${daemon.socket}`, ...argv],
  };
}

/** A command line that says why something cannot run, and fails. */
const unavailable = (why) => ['sh', '-c', 'echo "$1" >&2; exit 1', 'sh', why];

/** Loads an archive, and gives its name. */
export function loadImage(docker, archive) {
  const said = capture({ name: 'docker load', argv: [...docker, 'load', '-i', archive] });
  return /^Loaded image(?: ID)?: (.*)$/m.exec(said)?.[1];
}

/** Loads an archive, and gives the id of a container of it that was never started. */
export function createContainer(docker, archive) {
  const name = loadImage(docker, archive);
  return capture({ name: 'docker create', argv: [...docker, 'create', name, 'true'] }).trim();
}
