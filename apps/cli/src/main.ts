import { fileURLToPath } from 'node:url';
import { ExitStatus } from './exit-status.js';
import { loadBundle } from './start/load-bundle.js';
import { VERSION } from './version.js';

/** Runs the command of this process. Loads nothing but its code. */
export async function main(args: readonly string[]): Promise<void> {
  // Scripts ask for the version often, and it needs nothing else loaded.
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.on('error', () => {});
    process.stdout.write(`layers ${VERSION}\n`);
    return;
  }
  const bundle = loadBundle<typeof import('./run-process.js')>(
    fileURLToPath(new URL('./run-process.cjs', import.meta.url)),
    codeName(args),
  );
  await bundle.exports.runProcess?.(args);
  // An unknown command, or a failure, runs other functions, and must not leave a file for each of its names.
  if (process.exitCode === ExitStatus.done || process.exitCode === ExitStatus.failed) bundle.keepCode();
}

/** Returns the name of the code that a command line needs: one of each command, and one of the help. */
function codeName(args: readonly string[]): string {
  const [first = ''] = args;
  const isHelp = args.includes('--help') || args.includes('-h');
  return isHelp || !/^[a-z][a-z-]*$/.test(first) ? 'help' : first;
}
