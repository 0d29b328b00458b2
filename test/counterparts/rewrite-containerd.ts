import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, run } from './processes.ts';

export interface Containerd {
  /** Runs `ctr` in a namespace of this containerd and returns what it prints, without the last newline. */
  ctr(namespace: string, args: readonly string[]): Promise<string>;
  /** Stops the daemon and removes its files. */
  stop(): Promise<void>;
}

/** Runs until standard input ends, so the daemon also stops if the test process is killed. */
const GUARDIAN = `
set -uo pipefail
trap '' INT HUP TERM
containerd --config "$1/config.toml" </dev/null >"$1/log" 2>&1 &
daemon=$!
cat >/dev/null
kill "$daemon" 2>/dev/null
for _ in $(seq 40); do
  kill -0 "$daemon" 2>/dev/null || break
  sleep 0.25
done
kill -KILL "$daemon" 2>/dev/null
wait "$daemon"
awk -v under="$1/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
  while read -r mounted; do umount -l "$mounted"; done
rm -rf "$1"
`;

/** Starts a private containerd with its state in a temporary directory, and waits until it answers. */
export async function startContainerd(): Promise<Containerd> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-containerd-'));
  const socket = join(folder, 'containerd.sock');
  writeFileSync(join(folder, 'config.toml'), configOf(folder, socket));
  // In a new process group: Ctrl-C does not reach it, and it stops when its standard input ends.
  const child = spawn('bash', ['-c', GUARDIAN, 'guardian', folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', () => resolve());
  });

  async function stop(): Promise<void> {
    child.stdin.end();
    await ended;
  }

  async function ctr(namespace: string, args: readonly string[]): Promise<string> {
    return (await run('ctr', ['--address', socket, '--namespace', namespace, ...args])).toString().trimEnd();
  }

  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    if ((await attempt('ctr', ['--address', socket, '--timeout', '1s', 'version'])).status === 0) {
      return { ctr, stop };
    }
    await sleep(200);
  }
  await stop();
  throw new Error('containerd did not start');
}

/** Returns a configuration in which namespaces share no blobs, so that each import reads its whole archive. */
function configOf(folder: string, socket: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.btrfs"]
[grpc]
  address = "${socket}"
[plugins."io.containerd.metadata.v1.bolt"]
  content_sharing_policy = "isolated"
`;
}
