import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';

const root = new URL('../../../', import.meta.url);
const app = new URL('apps/cli/', root);

/** Path of the command, for tests that spawn it. */
export const command = fileURLToPath(new URL('bin/layers.js', app));
/** Path of the folder of example archives. */
export const examples = fileURLToPath(new URL('examples', root));

if (!existsSync(new URL('dist/main.cjs', app))) {
  throw new Error('these tests run the built command: "npm test" or "npm run build" in the root builds it');
}

/** How a command ended, and what it printed. */
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

/** Returns the environment of a test, without settings of this machine that change output, and with a separate store. */
export function environment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    // A folder that no program can make, not even as root: what one test leaves there would change another.
    HOME: '/proc/nonexistent',
    LANG: 'C.UTF-8',
    LAYERS_STORE: join(scratch, 'store'),
    LAYERS_CACHE: 'off',
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    ...env,
  };
}

/** Runs the built command with pipes, as a script does. Without options of Node, it runs in a thread of this process. */
export function layers(args: readonly string[], options: RunOptions = {}): Run {
  const { env = {}, input = new Uint8Array(0), cwd } = options;
  if ('NODE_OPTIONS' in env) return spawnLayers(args, options);
  const before = process.cwd();
  if (cwd !== undefined) process.chdir(cwd);
  try {
    return runInThread(args, environment(env), input);
  } finally {
    process.chdir(before);
  }
}

/** As `layers`, without blocking this thread, so that servers of a test can answer the command. One command at a time. */
export async function layersAsync(
  args: readonly string[],
  options: Omit<RunOptions, 'cwd'> = {},
): Promise<Run> {
  const { env = {}, input = new Uint8Array(0) } = options;
  thread ??= startThread();
  const { port, done } = thread;
  Atomics.store(done, 0, 0);
  port.ref();
  try {
    const answer = new Promise<Run>((resolve) => {
      port.once('message', resolve);
    });
    port.postMessage({ args, env: environment(env), input });
    const run = await answer;
    // The thread says so after its answer: later, it would end the wait of the next command.
    waitFor(done);
    return run;
  } finally {
    port.unref();
  }
}

/** Runs the built command in a new process. */
export function spawnLayers(args: readonly string[], { env = {}, input, cwd }: RunOptions = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    env: environment(env),
    input: input ?? '',
    maxBuffer: 1 << 30,
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { status, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

let thread: { readonly port: MessagePort; readonly done: Int32Array } | undefined;

function runInThread(args: readonly string[], env: Readonly<Record<string, string>>, input: Uint8Array): Run {
  thread ??= startThread();
  const { port, done } = thread;
  Atomics.store(done, 0, 0);
  port.postMessage({ args, env, input });
  if (!waitFor(done)) {
    thread = undefined;
    throw new Error(`layers ${args.join(' ')}: no end after two minutes`);
  }
  return receiveMessageOnPort(port)?.message;
}

/** Waits until a command is done. Returns false where it is not after two minutes. */
function waitFor(done: Int32Array): boolean {
  // The thread notifies after it set the value, so that its call for the command before can come only now.
  while (Atomics.load(done, 0) === 0) {
    if (Atomics.wait(done, 0, 0, 120_000) === 'timed-out') return false;
  }
  return true;
}

function startThread(): { readonly port: MessagePort; readonly done: Int32Array } {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('command-thread.mjs', import.meta.url), {
    workerData: { port: port2, done, app: app.href },
    transferList: [port2],
  });
  worker.unref();
  port1.unref();
  return { port: port1, done };
}

/** Runs a line of bash in which `layers` is the built command, for pipes and redirections. */
export function shell(line: string, env: Readonly<Record<string, string>> = {}): Run {
  const prelude = `layers() { "${process.execPath}" "${command}" "$@"; }; set -o pipefail; `;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', prelude + line], {
    env: environment(env),
    maxBuffer: 1 << 30,
  });
  return { status, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}
