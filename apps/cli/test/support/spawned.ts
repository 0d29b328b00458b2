import { spawn } from 'node:child_process';

/** How a process ended, and all that it printed. */
export interface Spawned {
  readonly status: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Runs a script of Node in a new process, without blocking this one, whose servers may have to answer it. */
export function spawned(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Spawned> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}
