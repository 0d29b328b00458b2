import { fileURLToPath } from 'node:url';
import { ExitStatus } from './exit-status.js';
import { loadBundle } from './start/load-bundle.js';
import { pluginArguments } from './start/plugin-arguments.js';
import { VERSION } from './version.js';

/** Defined by the build: the commands of each bundle that has only some. */
declare const LAYERS_GROUPS: Readonly<Record<string, readonly string[]>>;

/**
 * Runs the command of this process. Loads nothing but its code.
 *
 * @param isPlugin whether docker called it, as `docker layers`
 */
export async function main(words: readonly string[], isPlugin = false): Promise<void> {
  const { args, env } = isPlugin ? pluginArguments(words) : { args: words, env: {} };
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  // Scripts ask for the version often, and it needs nothing else loaded.
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.on('error', () => {});
    process.stdout.write(`layers ${VERSION}\n`);
    return;
  }
  const bundle = loadBundle<typeof import('./run-process.js')>(
    fileURLToPath(new URL(`./commands-${bundleOf(args[0] ?? '')}.cjs`, import.meta.url)),
    codeName(args),
  );
  await bundle.exports.runProcess?.(args, isPlugin ? 'docker layers' : undefined);
  // An unknown command, or a failure, runs other functions, and must not leave a file for each of its names.
  if (process.exitCode === ExitStatus.done || process.exitCode === ExitStatus.failed) bundle.keepCode();
}

/** Returns the name of the code that a command line needs: one of each command, and one of the help. */
function codeName(args: readonly string[]): string {
  const [first = ''] = args;
  const isHelp = args.includes('--help') || args.includes('-h');
  return isHelp || !/^[a-z][a-z-]*$/.test(first) ? 'help' : first;
}

/** Returns the name of the bundle that has the code of a command. */
function bundleOf(command: string): string {
  return Object.keys(LAYERS_GROUPS).find((group) => LAYERS_GROUPS[group]?.includes(command)) ?? 'all';
}
