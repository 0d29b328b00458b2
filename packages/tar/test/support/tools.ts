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
