import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export const command = at('apps/cli/bin/layers.js');
export const examples = at('examples');

if (!existsSync(at('apps/cli/dist/main.js'))) {
  throw new Error('these tests run the built command: "npm test" or "npm run build" in the root builds it');
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  readonly cwd?: string;
}

const scratch = mkdtempSync(join(tmpdir(), 'layers-cli-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** The environment of a test: nothing of the machine's that would change how output looks, and a store of its own. */
export function environment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const store = join(scratch, 'store');
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    LANG: 'C.UTF-8',
    LAYERS_STORE: store,
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    ...env,
  };
}

/** Runs the built command with pipes, as a script would. */
export function layers(args: readonly string[], { env = {}, input, cwd }: RunOptions = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    env: environment(env),
    input: input ?? '',
    maxBuffer: 1 << 30,
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { status, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

/** A shell command line in which `layers` is the built command, for pipes and redirections. */
export function shell(line: string, env: Readonly<Record<string, string>> = {}): Run {
  const prelude = `layers() { "${process.execPath}" "${command}" "$@"; }; set -o pipefail; `;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', prelude + line], {
    env: environment(env),
    maxBuffer: 1 << 30,
  });
  return { status, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}
