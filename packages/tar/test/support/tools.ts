import { spawnSync } from 'node:child_process';

/** Runs a tool and returns its stdout. Throws with its stderr where it fails. */
export function run(tool: string, args: readonly (string | Buffer)[], input?: Uint8Array): Buffer {
  // Node passes arguments as text: pass names that are not UTF-8 in a file or on stdin.
  const result = spawnSync(tool, args.map(String), {
    maxBuffer: 1 << 30,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    ...(input === undefined ? {} : { input }),
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${tool} ${args.join(' ')}: ${result.stderr.toString('latin1')}`);
  return result.stdout;
}
