import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { attempt, type RunOptions, run } from './processes.ts';

/** Debian's client of Docker 20.10; a PATH may hold a newer one that speaks another dialect. */
export const dockerClient = process.env['DOCKER_BIN'] ?? '/usr/bin/docker';

export interface Daemon {
  socket: string;
  /** Stops the daemon and removes every trace of it. */
  stop(): Promise<void>;
}

/** How a daemon keeps layers: as the kernel's overlays, or as whole copies of the tree. */
export type StorageDriver = 'overlay2' | 'vfs';

const guardian = fileURLToPath(new URL('daemon.sh', import.meta.url));

/** Starts a Docker daemon of our own, with its state in a temporary folder, and waits until it answers. */
export async function startDaemon(driver: StorageDriver = 'overlay2'): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-dockerd-'));
  const socket = join(folder, 'docker.sock');
  // In a process group of its own, so that Ctrl-C reaches it only as the end of its input.
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

/** The client of the daemon behind `socket`: takes its arguments, returns its output without the last newline. */
export function dockerAt(socket: string): Docker {
  const env = { ...process.env, DOCKER_CONFIG: '/nonexistent', DOCKER_BUILDKIT: '0' };
  return async (args, options = {}) => {
    const output = await run(dockerClient, ['-H', `unix://${socket}`, ...args], { env, ...options });
    return output.toString().trimEnd();
  };
}

/** The JSON answer of the daemon itself, where the client would abbreviate or rewrite it. */
export function askDaemon(socket: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${path}: ${response.statusCode} ${text}`));
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
