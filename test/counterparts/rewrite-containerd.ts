import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, run } from './processes.ts';

export interface Containerd {
  /** Runs `ctr` in a namespace of this containerd and returns what it prints, without the last newline. */
  ctr(namespace: string, args: readonly string[]): Promise<string>;
  /** Stops the daemon and removes every trace of it. */
  stop(): Promise<void>;
}

/** Until standard input ends: whoever holds the other end may die in any way, and nothing outlives it. */
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

/** Starts a containerd of our own, with its state in a temporary folder, and waits until it answers. */
export async function startContainerd(): Promise<Containerd> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-containerd-'));
  const socket = join(folder, 'containerd.sock');
  writeFileSync(join(folder, 'config.toml'), configOf(folder, socket));
  // In a process group of its own, so that Ctrl-C reaches it only as the end of its input.
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

/** What a namespace is given it must be given in full, so that each import reads all of its archive. */
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
