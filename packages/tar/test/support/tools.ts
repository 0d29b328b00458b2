import { spawnSync } from 'node:child_process';

/** Runs a tool and gives its stdout; throws with its stderr where it fails. */
export function run(tool: string, args: readonly (string | Buffer)[], input?: Uint8Array): Buffer {
  // Arguments are text to Node: names that are no UTF-8 must go by a file or stdin.
  const result = spawnSync(tool, args.map(String), {
    maxBuffer: 1 << 30,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    ...(input === undefined ? {} : { input }),
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${tool} ${args.join(' ')}: ${result.stderr.toString('latin1')}`);
  return result.stdout;
}

/** Whether the tool is here; where it is not, says aloud that its tests are skipped. */
export function has(tool: string, works: RegExp): boolean {
  const result = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  if (result.error === undefined && works.test(result.stdout)) return true;
  console.warn(`skipped: tests against ${tool}, which is not on this machine`);
  return false;
}

export const hasGnuTar = has('tar', /GNU tar/);
export const hasBsdtar = has('bsdtar', /libarchive/);
export const hasPython = has('python3', /Python 3/);
