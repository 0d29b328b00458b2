import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { attempt, type RunOptions, run } from './processes.ts';

/** Debian's client of Docker 20.10. A newer client in PATH prints different text. */
export const dockerClient = process.env['DOCKER_BIN'] ?? '/usr/bin/docker';

export interface Daemon {
  socket: string;
  /** Stops the daemon and removes its files. */
  stop(): Promise<void>;
}

/** The storage driver of a daemon: overlay mounts, or a full copy of the tree for each layer. */
export type StorageDriver = 'overlay2' | 'vfs';

const guardian = fileURLToPath(new URL('daemon.sh', import.meta.url));

/** Starts a private Docker daemon with its state in a temporary directory, and waits until it answers. */
export async function startDaemon(driver: StorageDriver = 'overlay2'): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-dockerd-'));
  const socket = join(folder, 'docker.sock');
  // In a new process group: Ctrl-C does not reach it, and it stops when its standard input ends.
  const child = spawn(guardian, [folder, driver], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', () => resolve());
  });

  async function stop(): Promise<void> {
    child.stdin.end();
    await ended;
  }

  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    if (
      existsSync(socket) &&
      (await attempt(dockerClient, ['-H', `unix://${socket}`, 'version'])).status === 0
    ) {
      return { socket, stop };
    }
    await sleep(200);
  }
  const logFile = join(folder, 'log');
  const lastWords = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-2000) : '(no log)';
  await stop();
  throw new Error(`dockerd did not start:\n${lastWords}`);
}

export type Docker = (args: readonly string[], options?: RunOptions) => Promise<string>;

/** Returns a function that runs the client of a daemon and returns its output without the last newline. */
export function dockerAt(socket: string): Docker {
  const env = { ...process.env, DOCKER_CONFIG: '/proc/nonexistent', DOCKER_BUILDKIT: '0' };
  return async (args, options = {}) => {
    const output = await run(dockerClient, ['-H', `unix://${socket}`, ...args], { env, ...options });
    return output.toString().trimEnd();
  };
}

/** Returns a JSON response of the daemon, which the client would abbreviate or change. */
export function askDaemon(socket: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: socket, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${path}: ${response.statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
