// A Docker daemon of our own, in a folder of its own, for the time of a measurement.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './measure.mjs';

/** Resolves to `{ docker, stop }` once it answers; `docker` begins a command line to it. Needs root. */
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
    for (const line of readFileSync('/proc/mounts', 'utf8').split('\n').reverse()) {
      const mounted = line.split(' ')[1];
      if (mounted?.startsWith(`${root}/`)) spawnSync('umount', [mounted]);
    }
    rmSync(root, { recursive: true, force: true });
  };
  for (let turn = 0; turn < 100; turn++) {
    if (spawnSync(docker[0], [...docker.slice(1), 'version']).status === 0) return { docker, stop };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop();
  throw new Error('dockerd does not answer');
}

/** Loads an archive, and gives the id of a container of it that was never started. */
export function createContainer(docker, archive) {
  const run = (...args) => capture({ name: `docker ${args[0]}`, argv: [...docker, ...args] });
  const name = /^Loaded image: (.*)$/m.exec(run('load', '-i', archive))?.[1];
  return run('create', name, 'true').trim();
}
