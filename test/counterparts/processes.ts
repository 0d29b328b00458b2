import { spawn } from 'node:child_process';

export interface RunOptions {
  input?: string | Buffer;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

export interface Outcome {
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs a program and returns its exit status. Rejects only if it cannot be started. */
export function attempt(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { env = process.env, cwd } = options;
    const child = spawn(command, args, { env, stdio: 'pipe', ...(cwd === undefined ? {} : { cwd }) });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program can end without reading its input. Its exit status decides.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** Runs a program and returns its standard output. Rejects with the end of standard error if it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Buffer> {
  const { status, stdout, stderr } = await attempt(command, args, options);
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')}: exit ${status}\n${stderr.slice(-4000)}`);
  }
  return stdout;
}
