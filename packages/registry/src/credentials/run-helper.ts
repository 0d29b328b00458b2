import { spawn } from 'node:child_process';
import { systemCode, systemReason } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import type { Environment } from '../hosts/environment.js';

/** Helpers may ask the user for a passphrase. */
const TIME_LIMIT_MS = 120_000;

const MAX_OUTPUT_BYTES = 1024 * 1024;

export interface HelperOptions {
  readonly env: Environment;
  /** The time that a credential helper may take, in milliseconds. Default: two minutes. */
  readonly helperTimeoutMs?: number | undefined;
}

/** How a credential helper ended. */
export interface HelperResult {
  readonly succeeded: boolean;
  readonly output: string;
}

/** The name of the program of a credential helper. */
export function helperProgram(name: string): string {
  return `docker-credential-${name}`;
}

/**
 * Runs a credential helper, without a shell. The output of a helper may contain secrets, so no error quotes it.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS for a program that cannot be run, takes too long or prints too much
 */
export function runHelper(
  name: string,
  action: 'get' | 'store' | 'erase',
  input: string,
  { env, helperTimeoutMs = TIME_LIMIT_MS }: HelperOptions,
): Promise<HelperResult> {
  const program = helperProgram(name);
  return new Promise((resolve, reject) => {
    const child = spawn(program, [action], { env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    let total = 0;
    const fail = (problem: string, hint: string, cause?: unknown): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      // A process that the helper started may hold the pipe open.
      child.stdout.destroy();
      child.stdin.destroy();
      reject(helperError(name, problem, hint, cause));
    };
    const timer = setTimeout(() => {
      fail(`did not end within ${helperTimeoutMs} ms`, `run ${program} list to see what it waits for`);
    }, helperTimeoutMs);
    child.on('error', (cause) => {
      const install = `install ${program}, or remove it from the file with the credentials`;
      const code = systemCode(cause);
      if (code === 'ENOENT') fail('is not installed', install, cause);
      // Also where PATH has a directory that the user may not enter, and no other one has the program.
      else if (code === 'EACCES') fail('is not installed, or not executable', install, cause);
      else fail(`cannot be run: ${systemReason(cause)}`, `check the program ${program}`, cause);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      total += chunk.length;
      if (total > MAX_OUTPUT_BYTES) fail('prints too much', `check the program ${program}`);
      else chunks.push(chunk);
    });
    // A helper may end without reading its input.
    child.stdin.on('error', () => {});
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ succeeded: status === 0, output: Buffer.concat(chunks).toString() });
    });
    child.stdin.end(input);
  });
}

/** Returns ERR_LAYERS_CREDENTIALS for a credential helper. */
export function helperError(name: string, problem: string, hint: string, cause?: unknown): LayersError {
  const message = `the credential helper ${helperProgram(name)} ${problem}`;
  return new LayersError('ERR_LAYERS_CREDENTIALS', message, { hint, cause });
}
